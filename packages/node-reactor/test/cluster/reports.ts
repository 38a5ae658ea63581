import { setTimeout as sleep } from 'node:timers/promises';
import { plain, reload, type ClusterKit } from './kit.ts';
import type { ClusterProgram } from './cluster-program.ts';

/** What is printed about reloads and ends: it is true, and it is printed once. */
export function reports({ it, expect, start, running }: ClusterKit): void {
  const stderrOf = ({ stderr }: ClusterProgram): string[] =>
    plain(stderr)
      .split('\n')
      .filter((line) => line !== '');

  it('H3: SIGTERM in the middle of a reload gives the reload up, and its report says so', async () => {
    const program = await running();
    program.deploy('v2', 'waits');
    const done = reload(program);
    await program.line('v2 waits');
    const { status, stderr } = await program.endBy('SIGTERM');
    const { ok, text } = await done;
    const report = 'reload to generation 2 was given up after N s: the primary stops';
    expect([status, ok, plain(text), plain(stderr)]).toEqual([0, false, report, `${report}\n`]);
  });

  it('H3: the report of a reload that was given up names the workers that were replaced', async () => {
    const program = await running();
    program.deploy('v2', 'second waits');
    const done = reload(program);
    await program.line('v2 waits');
    await program.endBy('SIGTERM');
    expect(plain((await done).text).split('\n')).toEqual([
      'reload to generation 2 was given up after N s: the primary stops',
      '  worker 3: ready after N s; worker 1 drained in N s',
    ]);
  });

  it('H4: what a new worker has printed is on stderr once, and in the report', async () => {
    const program = await running();
    program.deploy('v2', 'crashes');
    const { text } = await reload(program);
    const error = '  worker 3 (pid N) ended with status 3 before it was ready';
    const head = 'reload to generation 2 has failed after N s';
    expect(plain(text).split('\n')).toEqual([
      head,
      error,
      '    | the new version has a bug',
      '  the old workers go on',
    ]);
    expect(stderrOf(program)).toEqual(['the new version has a bug', head, error, '  the old workers go on']);
    const { status } = await program.endBy('SIGTERM');
    expect(status).toBe(0);
  });

  it('H4: a new version whose start has reported an error does not replace one that started without errors', async () => {
    const program = await running();
    const old = program.pids('v1 runs').sort();
    program.deploy('v2', 'starts with an error');
    const { ok, text } = await reload(program);
    expect([ok, plain(text).split('\n')[1]]).toEqual([
      false,
      '  worker 3 (pid N) has started with an error, was stopped, and ended with status 1',
    ]);
    expect(text).toContain('    | Error: cannot warm the cache');
    const { workers } = await program.status();
    expect(workers.map(({ pid }) => pid).sort()).toEqual(old);
    expect((await program.get('/')).status).toBe(200);
    await program.endBy('SIGTERM');
  });

  it('H2: at the start of the cluster a version whose start has reported an error serves', async () => {
    const program = await running({ workers: 1 }, { env: { FAULT: 'starts with an error' } });
    expect((await program.get('/')).status).toBe(200);
    expect(program.stderr).toContain('cannot warm the cache');
    program.deploy('v2');
    expect((await reload(program)).ok).toBe(true);
    const { status } = await program.endBy('SIGTERM');
    expect(status).toBe(0);
  });

  it('H3: the report counts old workers that were cut, and says how they ended', async () => {
    const program = await running({ drainTimeout: 500 }, { env: { FAULT: 'blocks its stop' } });
    program.deploy('v2');
    const { ok, text } = await reload(program);
    expect([ok, plain(text).split('\n')]).toEqual([
      true,
      [
        'reload to generation 2 is done after N s',
        '  worker 3: ready after N s; worker 1 was killed by SIGKILL after N s',
        '  worker 4: ready after N s; worker 2 was killed by SIGKILL after N s',
        '  2 old workers have not drained, so requests may be lost: raise drainTimeout and their deadline, or see what they have printed',
      ],
    ]);
    await program.endBy('SIGTERM');
  });

  it('H3: the report does not say of an old worker that was not running that it has drained', async () => {
    const program = await running({ restart: { delay: 60_000 } });
    await program.get('/crash').catch(() => undefined);
    await program.line(/ended with status 5 while it served/);
    program.deploy('v2');
    const { ok, text } = await reload(program);
    expect(ok).toBe(true);
    expect(text.match(/; worker \d was not running$/gm)?.length).toBe(1);
    expect(text.match(/; worker \d drained in /g)?.length).toBe(1);
    const { reload: last } = await program.status();
    expect(last).toMatchObject({ ok: true, givenUp: false, durationMs: expect.any(Number) });
    expect(last?.replaced.map(({ oldEnd, drained }) => [oldEnd, drained]).sort()).toEqual([
      ['ended with status 0', true],
      ['was not running', true],
    ]);
    await program.endBy('SIGTERM');
  });

  it('H7: when somebody stops a worker by SIGTERM, another one is started at once', async () => {
    const program = await running({ workers: 1, restart: { delay: 60_000, giveUpAfter: 2 } });
    for (const count of [1, 2, 3]) {
      process.kill(program.pids('v1 runs').at(-1)!, 'SIGTERM');
      await program.line('v1 runs', count + 1);
    }
    const line = 'worker 1 (pid N) was stopped by SIGTERM and has ended; another process takes its place';
    expect(stderrOf(program)).toEqual([line, line, line]);
    // The worker prints that it runs shortly before its start is over.
    const states = async (): Promise<unknown[]> =>
      (await program.status()).workers.map(({ name, state, restarts }) => [name, state, restarts]);
    let found = await states();
    while (JSON.stringify(found).includes('starting')) found = await states();
    expect(found).toEqual([['worker 1', 'ready', 3]]);
    const { status } = await program.endBy('SIGTERM');
    expect([status, stderrOf(program).length, await program.arePortsFree()]).toEqual([0, 3, true]);
  });

  it('H7: with restart: false the end of a worker ends the primary, with status 1', async () => {
    const program = await running({ workers: 1, restart: false });
    process.kill(program.pids('v1 runs')[0]!, 'SIGTERM');
    const { status } = await program.ended;
    expect(status).toBe(1);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'H8: a second %s is printed once by each process, with its name',
    async (signal) => {
      const program = await running({ workers: 1, drainTimeout: 20_000 }, { env: { FAULT: 'stops for ever' } });
      const send = (): void => {
        if (signal === 'SIGINT')
          program.signalGroup(signal); // as Ctrl-C does
        else program.signal(signal);
      };
      send();
      await program.line('v1 stops', 1);
      await sleep(300); // within 200 ms it would be dropped as a repeat (N5)
      send();
      const { status } = await program.ended;
      const number = { SIGTERM: 143, SIGINT: 130 }[signal];
      expect(status).toBe(number);
      const lines = stderrOf(program);
      expect(lines.filter((line) => line.startsWith(`${signal} again: not waiting any longer for `)).length).toBe(2);
      expect(lines.filter((line) => !line.startsWith(`${signal} again: `))).toEqual([
        `worker 1 (pid N) ended with status ${number}; the stop of the cluster has not waited for it`,
      ]);
    },
  );

  it('H11: ?verbose lists the workers, which are the services of the primary', async () => {
    const program = await start({ workers: 2 }, { env: { FAULT: 'waits' } });
    await program.line('v1 waits', 2);
    const read = async (path: string): Promise<string> => {
      const answer = await program.probe(path);
      return (await answer.text()).replace(/\d+\.\d s/g, 'N s');
    };
    expect(await read('/readyz?verbose')).toMatch(/^starting\n.*\[-\] worker 1: starting for N s\n/s);
    program.go();
    await program.line('running');
    expect(await read('/readyz?verbose')).toMatch(/^ready\n.*\[\+\] worker 2: started for N s\n/s);
    expect(await read('/livez?verbose')).toMatch(/^live\n.*\[\+\] worker 1: started for N s\n/s);
    expect(await read('/readyz')).toBe('ready\n');
    await program.endBy('SIGTERM');
  });
}
