import { setTimeout as sleep } from 'node:timers/promises';
import { Load } from '../../../../scripts/http-load.mjs';
import { reload, throughSystemd, type ClusterKit } from './kit.ts';
import type { ClusterProgram } from './cluster-program.ts';

const stopsOf = (program: ClusterProgram): string[] =>
  program.lines.filter((line) => / stops | has stopped /.test(line)).map((line) => line.replace(/ \d+$/, ''));

/** How a primary and all its workers end: H8, H9, H10. */
export function endings({ it, expect, running, start }: ClusterKit): void {
  it('H8: SIGTERM stops all workers side by side', async () => {
    const program = await running({}, { env: { FAULT: 'stops slowly' } });
    const { status } = await program.endBy('SIGTERM');
    expect([status, stopsOf(program)]).toEqual([
      0,
      ['v1 stops signal', 'v1 stops signal', 'v1 has stopped', 'v1 has stopped'],
    ]);
    expect(await program.arePortsFree()).toBe(true);
  });

  it('H8: no worker begins to drain before all workers have closed their listeners', async () => {
    const program = await running({}, { env: { FAULT: 'one has a lead time' } });
    const { status, lines } = await program.endBy('SIGTERM');
    const steps = lines
      .filter((line) => / (lead time is almost over|drains) /.test(line))
      .map((line) => line.replace(/ \d+$/, ''));
    expect([status, steps]).toEqual([0, ['v1 lead time is almost over', 'v1 drains', 'v1 drains']]);
  });

  it('H8: the status of the primary is the worst status of its workers', async () => {
    const program = await running({ workers: 1 }, { env: { FAULT: 'ends with 7' } });
    const { status, stderr } = await program.endBy('SIGTERM');
    expect(status).toBe(7);
    expect(stderr).toMatch(/worker 1 \(pid \d+\) ended with status 7 in the stop of the cluster/);
  });

  it('H8: SIGTERM ends a worker that has no reactor yet, and the status is 0', async () => {
    const program = await start({ workers: 1 }, { env: { FAULT: 'hangs' } });
    await program.line('v1 begins');
    const { status, stderr } = await program.endBy('SIGTERM');
    expect([status, stderr, await program.arePortsFree()]).toEqual([0, '', true]);
  });

  it('H8: a worker that blocks is killed within the deadline of the primary', async () => {
    const program = await running({ drainTimeout: 500 }, { env: { FAULT: 'blocks its stop' } });
    const { status } = await program.endBy('SIGTERM');
    expect([status, await program.arePortsFree()]).toEqual([137, true]);
  });

  it('H8: Ctrl-C goes to the whole process group, and each worker stops once', async () => {
    const program = await running({}, { env: { FAULT: 'stops slowly' } });
    program.signalGroup('SIGINT');
    const { status, stderr } = await program.ended;
    expect([status, stopsOf(program), stderr]).toEqual([
      0,
      ['v1 stops signal', 'v1 stops signal', 'v1 has stopped', 'v1 has stopped'],
      '',
    ]);
  });

  it('H8: a second SIGTERM ends the wait, and no worker is left', async () => {
    const program = await running({ drainTimeout: 20_000 }, { env: { FAULT: 'blocks its stop' } });
    program.signal('SIGTERM');
    await program.line('v1 stops', 2);
    await sleep(300); // within 200 ms it would be dropped as a repeat (N5)
    const { status } = await program.endBy('SIGTERM');
    expect([status, await program.arePortsFree()]).toEqual([143, true]);
  });

  it('H8: SIGTERM in the middle of a reload ends all workers, old and new', async () => {
    const program = await running();
    const load = new Load({ port: program.port, clients: 8 }).start();
    await load.answers(20);
    program.deploy('v2', 'waits');
    const done = reload(program);
    await program.line('v2 waits');
    const { status } = await program.endBy('SIGTERM');
    const { broken, errors } = await load.stop();
    expect([status, broken, errors, (await done).ok]).toEqual([0, 0, {}, false]);
    expect(await program.arePortsFree()).toBe(true);
  });

  it.each([
    { signal: 'SIGTERM', expected: 0 },
    { signal: 'SIGKILL', expected: 'SIGKILL' },
  ] as const)(
    'H8, H9: $signal while an old worker drains ends all workers, old and new',
    async ({ signal, expected }) => {
      const program = await running({ workers: 1 }, { env: { FAULT: 'stops slowly' } });
      program.deploy('v2');
      const done = reload(program).catch((error: unknown) => error);
      await program.line('v1 stops restart');
      const { status, lines } = await program.endBy(signal);
      const ended = lines.filter((line) => line.includes(' has stopped ')).map((line) => line.replace(/ \d+$/, ''));
      expect([status, ended.sort()]).toEqual([expected, ['v1 has stopped', 'v2 has stopped']]);
      await done;
      expect(await program.arePortsFree()).toBe(true);
    },
  );

  it('H9: when the primary is killed, its workers stop in order', async () => {
    const program = await running();
    const { status } = await program.endBy('SIGKILL');
    expect([status, stopsOf(program).sort()]).toEqual([
      'SIGKILL',
      ['v1 has stopped', 'v1 has stopped', 'v1 stops disconnect', 'v1 stops disconnect'],
    ]);
    expect(await program.arePortsFree()).toBe(true);
  });

  it('H9: when the primary is killed in the middle of a reload, all workers stop', async () => {
    const program = await running();
    program.deploy('v2', 'waits');
    const done = reload(program).catch((error: unknown) => error);
    await program.line('v2 waits');
    await program.endBy('SIGKILL');
    expect(stopsOf(program).filter((line) => line === 'v1 has stopped').length).toBe(2);
    expect(String(await done)).toMatch(/has closed the connection without an answer/);
    expect(await program.arePortsFree()).toBe(true);
  });

  it('H10: on a socket of systemd the primary and all workers are restarted, and no request is broken or refused', async () => {
    const program = await start({}, throughSystemd(3));
    await program.line('Listening on');
    const load = new Load({ port: program.port, clients: 8, keepAlive: false }).start(); // its first connection starts the tree
    for (const count of [1, 2, 3]) {
      await program.line('running', count);
      await load.answers(30);
      const { pid } = await program.status();
      if (count === 3) break;
      process.kill(pid, 'SIGTERM');
    }
    const { broken, refused, errors } = await load.stop();
    expect({ broken, refused, errors }).toEqual({ broken: 0, refused: 0, errors: {} });
    const { pid } = await program.status();
    process.kill(pid, 'SIGTERM');
    await program.ended;
  });
}
