import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Load } from '../../../../scripts/http-load.mjs';
import { ControlError, reloadCluster } from '../../src/cluster.ts';
import { plain, reload, type ClusterKit } from './kit.ts';

/** Reloads that succeed: H3, H5, H6. */
export function reloads({ it, expect, running }: ClusterKit): void {
  it('H3: each new worker is ready before an old one stops, which has the reason restart', async () => {
    const program = await running();
    program.deploy('v2');
    const { ok, text } = await reload(program);
    expect([ok, plain(text)]).toEqual([
      true,
      [
        'reload to generation 2 is done after N s',
        '  worker 3: ready after N s; worker 1 drained in N s',
        '  worker 4: ready after N s; worker 2 drained in N s',
      ].join('\n'),
    ]);
    const steps = program.lines.filter((line) => /^v\d (runs|stops|has stopped)/.test(line)).slice(2);
    expect(steps.map((line) => line.replace(/ \d+$/, ''))).toEqual([
      'v2 runs',
      'v1 stops restart',
      'v1 has stopped',
      'v2 runs',
      'v1 stops restart',
      'v1 has stopped',
    ]);
    const { workers } = await program.status();
    expect(workers.map(({ generation }) => generation)).toEqual([2, 2]);
    const { status } = await program.endBy('SIGTERM');
    expect(status).toBe(0);
  });

  for (const workers of [1, 2])
    for (const keepAlive of [true, false]) {
      const clients = keepAlive ? 'keep-alive clients' : 'clients that connect anew';
      it(`H6: no request of ${clients} is broken or refused by reloads of ${workers} worker(s)`, async () => {
        const program = await running({ workers });
        const versions: Set<string> = new Set();
        const onAnswer = (_status: number, body: string): void => void versions.add(body);
        const load = new Load({ port: program.port, clients: 8, keepAlive, onAnswer }).start();
        for (const version of ['v2', 'v3']) {
          await load.answers(50);
          program.deploy(version);
          const { ok } = await reload(program);
          expect(ok).toBe(true);
        }
        await load.answers(50);
        const { broken, refused, errors } = await load.stop();
        expect({ broken, refused, errors }).toEqual({ broken: 0, refused: 0, errors: {} });
        expect([...versions]).toEqual(['v1', 'v2', 'v3']);
        await program.endBy('SIGTERM');
      });
    }

  it('H3: with surge 2 two workers are replaced at the same time', async () => {
    const program = await running({ surge: 2 });
    program.deploy('v2', 'waits');
    const done = reload(program);
    await program.line('v2 waits', 2);
    const { workers } = await program.status();
    expect(workers.map(({ state }) => state)).toEqual(['ready', 'ready', 'starting', 'starting']);
    program.go();
    expect((await done).ok).toBe(true);
    await program.endBy('SIGTERM');
  });

  it('H3: SIGHUP reloads', async () => {
    const program = await running({ workers: 1 });
    program.deploy('v2');
    program.signal('SIGHUP');
    await program.line('reload to generation 2 is done');
    expect(program.pids('v2 runs').length).toBe(1);
    await program.endBy('SIGTERM');
  });

  it('H3, C20: requests to reload that come during a reload make one more afterwards', async () => {
    const program = await running({ workers: 1 });
    program.deploy('v2', 'waits');
    const first = reload(program);
    await program.line('v2 waits');
    const later = [reload(program), reload(program)];
    program.signal('SIGHUP');
    // When the primary has answered this, all of them have come.
    await program.status();
    program.deploy('v3');
    program.go();
    const [one, two, three] = await Promise.all([first, ...later]);
    expect(plain(one.text)).toContain('reload to generation 2 is done');
    expect([two!.text, three!.text].map((text) => text.split(' is ')[0])).toEqual([
      'reload to generation 3',
      'reload to generation 3',
    ]);
    await program.status();
    expect(program.lines.filter((line) => line.startsWith('v3 begins')).length).toBe(1);
    await program.endBy('SIGTERM');
  });

  it('H3: with watch, two program files that change together make one reload', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'triphase-watched-'));
    try {
      const program = await running({ workers: 1, watch: [folder] });
      writeFileSync(join(folder, 'a.js'), '');
      writeFileSync(join(folder, 'b.js'), '');
      await program.line('reload to generation 2 is done');
      await program.endBy('SIGTERM');
      expect(program.lines.filter((line) => line.startsWith('reload to')).length).toBe(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('H1: a reload of a process that is no primary is refused with what to do', async () => {
    await expect(reloadCluster(process.pid)).rejects.toThrow(ControlError);
    await expect(reloadCluster(process.pid)).rejects.toThrow(
      'give the process id of a program that called runCluster()',
    );
  });

  it('H5: a worker that does not stop is killed, and the reload goes on', async () => {
    const program = await running({ drainTimeout: 500 }, { env: { FAULT: 'blocks its stop' } });
    program.deploy('v2');
    const { ok, text } = await reload(program);
    expect([ok, plain(text).split('\n').slice(0, 3)]).toEqual([
      true,
      [
        'reload to generation 2 is done after N s',
        '  worker 3: ready after N s; worker 1 was killed by SIGKILL after N s',
        '  worker 4: ready after N s; worker 2 was killed by SIGKILL after N s',
      ],
    ]);
    const { status, stderr } = await program.endBy('SIGTERM');
    expect(status).toBe(0);
    expect(stderr).toMatch(/^worker 1 \(pid \d+\) was killed by SIGKILL while it was being replaced$/m);
  });
}
