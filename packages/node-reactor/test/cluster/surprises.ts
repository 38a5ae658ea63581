import { writeFileSync } from 'node:fs';
import { reload, type ClusterKit } from './kit.ts';

/** Programs that do other things in a cluster: messages, forks, threads, errors in the primary, much on stderr. */
export function surprises({ it, expect, start, running, program: write }: ClusterKit): void {
  it('H1: messages that the program of a worker sends are ignored, whatever they look like', async () => {
    const main = write(`
      for (const message of ['a', null, 5, true, {}, [], { triphase: 'requests' }, { triphase: 'closed' }, { triphase: {} }]) process.send(message);
      await import('./worker.mjs');`);
    const program = await running({ workers: 1 }, { env: { MAIN: main } });
    await program.get('/');
    const { workers } = await program.status();
    expect(workers).toEqual([expect.objectContaining({ state: 'ready', requests: 1 })]);
    expect(await program.endBy('SIGTERM')).toMatchObject({ status: 0, stderr: '' });
  });

  it('H1: a worker that the program forks in the primary itself is not counted', async () => {
    write("console.log('a worker of the user'); process.on('disconnect', () => process.exit(0));", 'plain.mjs');
    const program = await running({ workers: 1 }, { env: { SETUP: 'forks' } });
    await program.line('a worker of the user');
    expect((await reload(program)).ok).toBe(true);
    expect((await program.status()).workers.length).toBe(1);
    expect((await program.endBy('SIGTERM')).status).toBe(0);
  });

  it('H1: worker threads of a worker do not matter to the cluster', async () => {
    const main = write(`
      import { Worker } from 'node:worker_threads';
      new Worker(\`
        const { createServer } = require('node:http');
        createServer().listen(0, () => console.log('the thread listens'));
        require('node:worker_threads').parentPort.on('message', () => undefined);\`, { eval: true }).unref();
      await import('./worker.mjs');`);
    const program = await running({ workers: 1 }, { env: { MAIN: main } });
    await program.line('the thread listens');
    expect((await reload(program)).ok).toBe(true);
    expect((await program.endBy('SIGTERM')).status).toBe(0);
  });

  it.each([
    { setup: 'throws', expected: 1, message: /^setup: Error: the setup has a bug/m },
    { setup: 'throws later', expected: 1, message: /^uncaught exception: Error: the primary has a bug/m },
  ])('H8: a setup that $setup ends the primary and all workers', async ({ setup, expected, message }) => {
    const program = await start({}, { env: { SETUP: setup } });
    const { status, stderr } = await program.ended;
    expect([status, stderr, await program.arePortsFree()]).toEqual([expected, expect.stringMatching(message), true]);
  });

  it('H1: 10 MB on stderr without a line end are passed on, and only the beginning is kept for the report', async () => {
    const flood = `
      const part = Buffer.alloc(65_536, 97);
      for (let n = 0; n < 160; n++) process.stderr.write(part);
      process.stderr.write('\\nthe end\\n', () => process.exit(4));`;
    const main = write("import './worker.mjs'");
    const program = await running({ workers: 1 }, { env: { MAIN: main } });
    writeFileSync(main, flood);
    const { ok, text } = await reload(program);
    expect([ok, text.split('\n').slice(2, 4)]).toEqual([false, [`    | ${'a'.repeat(2_000)}…`, '    | the end']]);
    const { status, stderr } = await program.endBy('SIGTERM');
    expect([status, stderr.split('\n')[0]!.length]).toEqual([0, 160 * 65_536]);
  });

  it('H1: a primary whose stderr nobody reads goes on', async () => {
    const program = await running({ workers: 1 });
    program.closeStderr();
    program.deploy('v2', 'crashes');
    expect((await reload(program)).text).toContain('the new version has a bug');
    expect(await (await program.get('/')).text()).toBe('v1');
    expect((await program.endBy('SIGTERM')).status).toBe(0);
  });
}
