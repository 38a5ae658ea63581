import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { controlPath } from '../../src/cluster/control-path.ts';
import { ControlError, reloadCluster } from '../../src/cluster.ts';
import { reload, type ClusterKit } from './kit.ts';

/** The control sockets of several primaries, of dead ones, and where there can be none. */
export function controls({ it, expect, running, program: write }: ClusterKit): void {
  it('H3, C20: a storm of reloads makes at most two more', async () => {
    const program = await running({ workers: 1 });
    program.deploy('v2', 'waits');
    const first = reload(program);
    await program.line('v2 waits');
    const storm = Array.from({ length: 50 }, () => reload(program));
    for (let n = 0; n < 20; n++) program.signal('SIGHUP');
    await program.status(); // by then they have come
    program.go();
    const answers = await Promise.all([first, ...storm]);
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const generations = new Set(answers.map(({ text }) => text.split(' is ')[0]));
    expect(generations.size).toBeLessThanOrEqual(3); // a connection may come when the second one has begun
    expect((await program.endBy('SIGTERM')).status).toBe(0);
  });

  it('H1: a second cluster in one process is refused', async () => {
    const program = await running({ workers: 1 }, { env: { SETUP: 'two clusters' } });
    await program.line('TypeError: runCluster() is running in this process already');
    expect((await reload(program)).ok).toBe(true);
    expect((await program.endBy('SIGTERM')).status).toBe(0);
  });

  it('H1: two primaries have a control socket each, and one that was killed leaves its own to the next', async () => {
    const [one, two] = await Promise.all([running({ workers: 1 }), running({ workers: 1 })]);
    expect((await reload(one)).ok).toBe(true);
    expect((await reload(two)).ok).toBe(true);
    const path = controlPath(one.pid, process.getuid!());
    await one.endBy('SIGKILL');
    expect(existsSync(path)).toBe(true);
    await expect(reloadCluster(one.pid)).rejects.toThrow(ControlError);
    const three = await running({ workers: 1 });
    expect(existsSync(path)).toBe(false);
    await Promise.all([two, three].map((program) => program.endBy('SIGTERM')));
  });

  it('H1: the socket of a dead primary, whose number another process has got, is named', async () => {
    const path = controlPath(process.pid, process.getuid!());
    const listen = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    const program = await running({ workers: 1 }); // makes the folder
    await once(spawn(process.execPath, ['-e', listen]), 'exit');
    expect(existsSync(path)).toBe(true);
    await expect(reloadCluster(process.pid)).rejects.toThrow(
      'give the process id of a program that called runCluster()',
    );
    rmSync(path);
    await program.endBy('SIGTERM');
  });

  it.each([
    [
      'is too long',
      (program: string) => join(program, 'x'.repeat(100)),
      'is too long for a socket: set TMPDIR to a shorter one',
    ],
    ['cannot be written', () => '/proc/nowhere', 'ENOENT: no such file or directory, mkdir'],
  ])(
    'H1: where the path of the control socket %s, a line says so, and SIGHUP reloads',
    async (_what, folder, message) => {
      const TMPDIR = folder(join(write(''), '..'));
      const program = await running({ workers: 1 }, { env: { TMPDIR } });
      expect(program.stderr).toMatch(`there is no control socket, so "triphase reload" does not work; SIGHUP does:`);
      expect(program.stderr).toContain(message);
      program.signal('SIGHUP');
      await program.line('reload to generation 2 is done');
      expect((await program.endBy('SIGTERM')).status).toBe(0);
    },
  );
}
