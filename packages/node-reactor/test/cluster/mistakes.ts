import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import type { Start } from './cluster-program.ts';
import { plain, reload, type ClusterKit } from './kit.ts';

/** Programs that cannot start, and ports that are taken. */
export function mistakes({ it, expect, start, running, program: write }: ClusterKit): void {
  const withMain = (text: string): Start => ({ env: { MAIN: write(text) } });

  it.each([
    {
      what: 'has a syntax error',
      text: 'const a = ;',
      line: /SyntaxError: Unexpected token ';'/,
      error: 'ended with status 1 before it was ready',
    },
    {
      what: 'ends at once',
      text: 'process.exit(0)',
      line: undefined,
      error:
        'ended with status 0 before it was ready; it has no reactor: let it call runService, which says when it is ready',
    },
    {
      what: 'ignores SIGTERM',
      text: "process.on('SIGTERM', () => {}); setInterval(() => {}, 1_000)",
      line: undefined,
      error:
        'was not ready within 1500 ms, was stopped, and was killed by SIGKILL; it has no reactor yet: let it call runService, and let nothing hang or block before that',
    },
    {
      what: 'imports what is not there',
      text: "import './nowhere.mjs'",
      line: /ERR_MODULE_NOT_FOUND/,
      error: 'ended with status 1 before it was ready',
    },
  ])('H4: a program that $what fails the start, and the error says why', async ({ text, line, error }) => {
    const program = await start({ workers: 1, readyTimeout: 1_500, drainTimeout: 500 }, withMain(text));
    const { status, stderr } = await program.ended;
    expect([status, await program.arePortsFree()]).toEqual([1, true]);
    expect(plain(stderr)).toContain(`ClusterWorkerError: worker 1 (pid N) ${error}\n`);
    if (line !== undefined) expect(stderr).toMatch(line);
  });

  it('H4: a program that is removed fails the reload, and the old worker goes on', async () => {
    const main = write("export * from './worker.mjs'");
    const program = await running({ workers: 1 }, { env: { MAIN: main } });
    rmSync(main);
    const { ok, text } = await reload(program);
    expect([ok, text]).toEqual([
      false,
      expect.stringMatching(/ended with status 1 before it was ready[^]*Cannot find module[^]*the old workers go on$/),
    ]);
    expect(await (await program.get('/')).text()).toBe('v1');
    await program.endBy('SIGTERM');
  });

  it.each([
    {
      what: 'of the workers',
      which: 'PORT',
      message: /ListenError: Service "http" cannot listen on port \d+ \(EADDRINUSE\)/,
    },
    {
      what: 'of the probes',
      which: 'PROBES',
      message: /ListenError: Service "cluster probes" cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\)/,
    },
  ])('H1: a port $what that is taken fails the start', async ({ which, message }) => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const program = await (which === 'PORT' ? start({}, { env: { PORT: String(port) } }) : start({ probes: { port } }));
    const { status, stderr } = await program.ended;
    other.close();
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
  });

  it('H7: workers that end while their listener is being opened cause no other error in the primary', async () => {
    const main = write(`
      import { createServer } from 'node:http';
      createServer().listen(0, 'localhost'); // the name is looked up first, so it does not listen at once
      setTimeout(() => process.exit(9), Math.random() * 5);`);
    const program = await start({ workers: 4 }, { env: { MAIN: main } });
    const { status, stderr } = await program.ended;
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/worker \d \(pid \d+\) ended with status 9 before it was ready/),
    ]);
    expect(stderr).not.toMatch(/TypeError/);
  });
}
