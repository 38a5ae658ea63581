import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { controlPath } from '../../src/cluster/control-path.ts';
import { ControlError, reloadCluster } from '../../src/cluster.ts';
import { reload, type ClusterKit } from './kit.ts';

/** Control sockets: of several primaries, of dead ones, and folders in which none can be made. */
export function controls({ it, expect, running, program: write }: ClusterKit): void {
  it('H3, C20: 70 requests to reload during a reload make at most two more reloads', async () => {
    const program = await running({ workers: 1 });
    program.deploy('v2', 'waits');
    const first = reload(program);
    await program.line('v2 waits');
    const storm = Array.from({ length: 50 }, () => reload(program));
    for (let n = 0; n < 20; n++) program.signal('SIGHUP');
    await program.status(); // when it is answered, the requests have come
    program.go();
    const answers = await Promise.all([first, ...storm]);
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const generations = new Set(answers.map(({ text }) => text.split(' is ')[0]));
    expect(generations.size).toBeLessThanOrEqual(3); // a request may come after the second reload has begun: a third one serves it
    expect((await program.endBy('SIGTERM')).status).toBe(0);
  });

  it('H1: a second cluster in one process is refused', async () => {
    const program = await running({ workers: 1 }, { env: { SETUP: 'two clusters' } });
    await program.line('TypeError: runCluster() is running in this process already');
    expect((await reload(program)).ok).toBe(true);
    expect((await program.endBy('SIGTERM')).status).toBe(0);
  });

  it('H1: each primary has its own control socket, and the next primary removes that of a killed one', async () => {
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

  it('H1: a reload by the socket of a dead primary, whose process id another process has, is refused with what to do', async () => {
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
    {
      what: 'is too long',
      folder: (program: string) => join(program, 'x'.repeat(100)),
      message: 'is too long for a socket: set TMPDIR to a shorter one',
    },
    { what: 'cannot be written', folder: () => '/proc/nowhere', message: 'ENOENT: no such file or directory, mkdir' },
  ])('H1: if the path of the control socket $what, a line says so, and SIGHUP reloads', async ({ folder, message }) => {
    const TMPDIR = folder(join(write(''), '..'));
    const program = await running({ workers: 1 }, { env: { TMPDIR } });
    expect(program.stderr).toMatch(`there is no control socket, so "triphase reload" does not work; SIGHUP does:`);
    expect(program.stderr).toContain(message);
    program.signal('SIGHUP');
    await program.line('reload to generation 2 is done');
    expect((await program.endBy('SIGTERM')).status).toBe(0);
  });
}
