import { Load } from '../../../../scripts/http-load.mjs';
import { plain, reload, type ClusterKit } from './kit.ts';

/** New versions that fail, and workers that crash: H4, H7. */
export function failures({ it, expect, start, running }: ClusterKit): void {
  it.each([
    { fault: 'crashes', error: 'worker 3 (pid N) ended with status 3 before it was ready' },
    {
      fault: 'hangs',
      error:
        'worker 3 (pid N) was not ready within 1500 ms, was stopped, and was killed by SIGTERM; it has no reactor yet: let it call runService, and let nothing hang or block before that',
    },
    {
      fault: 'blocks',
      error:
        'worker 3 (pid N) was not ready within 1500 ms, was stopped, and was killed by SIGTERM; it has no reactor yet: let it call runService, and let nothing hang or block before that',
    },
    {
      fault: 'has no reactor',
      error:
        'worker 3 (pid N) was not ready within 1500 ms, was stopped, and ended with status 0; it has no reactor yet: let it call runService, and let nothing hang or block before that',
    },
    {
      fault: 'is never ready',
      error: /^worker 3 \(pid N\) was not ready within 1500 ms, was stopped, and ended with status \d+$/,
    },
    {
      fault: 'waits',
      error: /^worker 3 \(pid N\) was not ready within 1500 ms, was stopped, and ended with status \d+$/,
    },
  ])(
    'H4: a new version that $fault is ended, the old one goes on, and no request is broken',
    async ({ fault, error }) => {
      const program = await running({ readyTimeout: 1_500 });
      const old = program.pids('v1 runs').sort();
      const load = new Load({ port: program.port, clients: 8 }).start();
      await load.answers(20);
      program.deploy('v2', fault);
      const { ok, text } = await reload(program);
      await load.answers(20);
      const { broken, refused, errors } = await load.stop();
      expect({ broken, refused, errors }).toEqual({ broken: 0, refused: 0, errors: {} });

      const lines = plain(text).split('\n');
      expect([ok, lines[0], lines.at(-1)]).toEqual([
        false,
        'reload to generation 2 has failed after N s',
        '  the old workers go on',
      ]);
      expect(lines[1]!.trim()).toEqual(typeof error === 'string' ? error : expect.stringMatching(error));
      if (fault === 'crashes') expect(lines[2]).toBe('    | the new version has a bug');

      expect(program.lines.filter((line) => line.startsWith('v2 begins')).length).toBe(1); // no second worker is tried
      const { workers, mixed, reload: last } = await program.status();
      expect(workers.map(({ pid, state }) => [pid, state])).toEqual(old.map((pid) => [pid, 'ready']));
      expect([mixed, last?.ok]).toEqual([null, false]);
      const { status } = await program.endBy('SIGTERM');
      expect([status, await program.arePortsFree()]).toEqual([0, true]);
    },
  );

  it('H4: when a new version is killed before it is ready, the old workers go on', async () => {
    const program = await running();
    const old = program.pids('v1 runs').sort();
    program.deploy('v2', 'waits');
    const done = reload(program);
    await program.line('v2 waits');
    process.kill(program.pids('v2 waits')[0]!, 'SIGKILL');
    const { ok, text } = await done;
    expect([ok, plain(text).split('\n')[1]]).toEqual([
      false,
      '  worker 3 (pid N) was killed by SIGKILL before it was ready',
    ]);
    const { workers } = await program.status();
    expect(workers.map(({ pid }) => pid)).toEqual(old);
    const { status } = await program.endBy('SIGTERM');
    expect(status).toBe(0);
  });

  it('H4: workers that were replaced already stay, the report and the status say mixed, and the next reload replaces all', async () => {
    const program = await running();
    program.deploy('v2', 'second fails');
    const { ok, text } = await reload(program);
    expect([ok, plain(text).split('\n')[1], plain(text).split('\n').at(-1)]).toEqual([
      false,
      '  worker 3: ready after N s; worker 1 drained in N s',
      '  mixed: 1 new, 1 old',
    ]);
    expect(text).toContain('there is one of us already');
    expect((await program.status()).mixed).toBe('mixed: 1 new, 1 old');
    program.deploy('v3');
    expect((await reload(program)).ok).toBe(true);
    const { mixed, workers } = await program.status();
    expect([mixed, workers.map(({ generation }) => generation)]).toEqual([null, [3, 3]]);
    await program.endBy('SIGTERM');
  });

  it('H7: a worker that crashes is started again, and a line says so', async () => {
    const program = await running({ restart: { delay: 100, jitter: 0 } });
    await program.get('/crash').catch(() => undefined);
    await program.line(
      /^Service "worker \d" failed: .* ended with status 5 while it served; restarting in 0\.1 s \(2 of 5\)$/,
    );
    await program.line('v1 runs', 3);
    const { workers } = await program.status();
    expect(workers.map(({ restarts }) => restarts).sort()).toEqual([0, 1]);
    const answer = await program.get('/');
    expect(await answer.text()).toBe('v1');
    const { status } = await program.endBy('SIGTERM');
    expect(status).toBe(0);
  });

  it('H7: after a worker that crashes again and again the primary gives up, with status 1', async () => {
    const program = await running({ workers: 1, restart: { delay: 10, giveUpAfter: 2 } });
    await program.get('/crash').catch(() => undefined);
    await program.line('v1 runs', 2);
    await program.get('/crash').catch(() => undefined);
    const { status, lines } = await program.ended;
    expect([status, lines.at(-1)]).toEqual([1, 'over: service-failed']);
    expect(await program.arePortsFree()).toBe(true);
  });

  it('H7: a worker that is started again with a version that cannot start fails at each start', async () => {
    const program = await start({ workers: 1, restart: { delay: 10, giveUpAfter: 3 } });
    await program.line('running');
    program.deploy('v2', 'crashes');
    await program.get('/crash').catch(() => undefined);
    const { status, stderr } = await program.ended;
    expect(status).toBe(1);
    expect(stderr.match(/before it was ready; restarting/g)?.length).toBe(1);
    expect(stderr).toMatch(/while it served; restarting in .* \(2 of 3\)/);
  });
}
