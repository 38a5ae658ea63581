import { lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlPath } from '../../src/cluster/control-path.ts';
import { runCluster, type ClusterOptions } from '../../src/cluster.ts';
import type { ClusterKit } from './kit.ts';

/** The start of a cluster, its options, probes and control socket. */
export function starts({ it, expect, start, running }: ClusterKit): void {
  it('H1, H2: two workers share a port, and the primary runs once both workers run', async () => {
    const program = await running();
    const { lines } = program;
    expect(lines.filter((line) => line.startsWith('v1 runs')).length).toBe(2);
    expect(lines.at(-1)).toBe('running');
    const answer = await program.get('/');
    expect(await answer.text()).toBe('v1');
    const { status, stderr } = await program.endBy('SIGTERM');
    expect([status, program.lines.at(-1), stderr]).toEqual([0, 'over: signal', '']);
  });

  it('H2: a worker that listens is not ready before its startup is over', async () => {
    const program = await start({ workers: 1 }, { env: { FAULT: 'is never ready' } });
    await program.line('v1 listens');
    const answer = await program.get('/');
    expect(await answer.text()).toBe('v1');
    const { workers } = await program.status();
    expect(workers.map(({ state }) => state)).toEqual(['starting']);
    const ready = await program.probe('/readyz');
    expect([ready.status, await ready.text()]).toEqual([503, 'starting\n']);
    await program.endBy('SIGTERM');
    expect(program.lines).not.toContain('running');
  });

  it('H7: a worker that fails at the start fails the start of the primary', async () => {
    const program = await start({}, { env: { FAULT: 'crashes' } });
    const { status, stderr } = await program.ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(/worker \d \(pid \d+\) ended with status 3 before it was ready/);
    expect(await program.arePortsFree()).toBe(true);
  });

  it('H2: a program without a reactor fails the start at readyTimeout, and the error says what to write', async () => {
    const program = await start({ workers: 1, readyTimeout: 1_000 }, { env: { FAULT: 'has no reactor' } });
    const { status, stderr } = await program.ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /was not ready within 1000 ms, was stopped, and ended with status 0; it has no reactor yet: let it call runService, and let nothing hang or block before that/,
    );
  });

  it('H11: the probes and the status of the primary cover all workers', async () => {
    const program = await running();
    const pids = program.pids('v1 runs');
    for (let n = 0; n < 4; n++) await program.get('/');
    const status = await program.status();
    expect(status).toMatchObject({ state: 'running', pid: program.pid, mixed: null, reload: null });
    expect(status.workers.map(({ pid }) => pid).sort()).toEqual(pids.sort());
    for (const worker of status.workers)
      expect(worker).toMatchObject({ state: 'ready', generation: 1, restarts: 0, ageMs: expect.any(Number) });
    expect(status.workers.reduce((sum, { requests }) => sum + requests, 0)).toBe(4);
    const answers = await Promise.all(['/livez', '/readyz', '/other'].map((path) => program.probe(path)));
    expect(await Promise.all(answers.map(async (each) => [each.status, await each.text()]))).toEqual([
      [200, 'live\n'],
      [200, 'ready\n'],
      [404, 'there are /livez, /readyz and /statusz\n'],
    ]);
    await program.endBy('SIGTERM');
  });

  it('H1: only the user of the primary may use the control socket, which is removed at the end', async () => {
    const program = await running({ workers: 1 });
    const path = controlPath(program.pid, process.getuid!());
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(tmpdir(), `triphase-${process.getuid!()}`)).mode & 0o777).toBe(0o700);
    await program.endBy('SIGTERM');
    expect(() => lstatSync(path)).toThrow('ENOENT');
  });

  it.each<{ readonly options: ClusterOptions; readonly message: string }>([
    {
      options: { worker: 2 } as ClusterOptions,
      message: 'runCluster() has no option "worker": did you mean "workers"?',
    },
    { options: { workers: 0 }, message: 'runCluster(): workers is 0: give a whole number from 1 on' },
    { options: { workers: '2' as never }, message: 'runCluster(): workers is "2": give a number' },
    { options: { surge: 1.5 }, message: 'runCluster(): surge is 1.5: give a whole number from 1 on' },
    {
      options: { drainTimeout: Infinity },
      message: 'runCluster(): drainTimeout is Infinity: give a number of milliseconds',
    },
    {
      options: { drainTimeout: 0 },
      message: 'runCluster(): drainTimeout is 0: give the milliseconds that a worker needs',
    },
    {
      options: { watch: 'src' as never },
      message: 'runCluster(): watch is "src": give true, false or a list of paths',
    },
    {
      options: { watch: ['.', 'nowhere'] },
      message: 'runCluster(): watch has "nowhere": give paths of files and folders that exist',
    },
    {
      options: { probes: { port: 70_000 } },
      message: 'runCluster(): probes.port is 70000: give a whole number from 0 to 65535',
    },
    { options: { restart: { delay: -1 } }, message: 'The option restart of service "worker": delay is' },
  ])('H1: the options $options are refused', async ({ options, message }) => {
    await expect(runCluster(import.meta.filename, options)).rejects.toThrow(message);
  });

  it.each([
    { what: 'a path without a file', main: 'nowhere.js', message: 'there is no file' },
    { what: 'a folder', main: '.', message: 'is a folder: give the program' },
    { what: 'a number', main: 1 as never, message: 'got number as its program' },
  ])('H1: $what is refused as the program of the workers', async ({ main, message }) => {
    await expect(runCluster(main)).rejects.toThrow(message);
  });
}
