import type { ProcessKit } from './kit.ts';

/** What a start that failed prints, and errors that are hard to print: N28. */
export function failedStarts(kit: ProcessKit): void {
  const { expect } = kit;
  const isBun = kit.runtime.name === 'Bun';
  const inUse = isBun ? 'in use?' : 'EADDRINUSE';

  // Bun prints the message of an uncaught error, and its code: the code is there twice.
  const uncaught = isBun ? { lines: 8, times: 2 } : { lines: 10, times: 1 };
  const ends = [
    { name: 'portTakenResource', ...uncaught, what: 'a port that is taken' },
    { name: 'portTakenInSetup', ...uncaught, what: 'a port that is taken in setup' },
    { name: 'portTakenNotAwaited', ...uncaught, what: 'a port that is taken, in a run that nobody awaits,' },
    {
      name: 'portTakenCaught',
      lines: 4,
      times: 1,
      what: 'a port that is taken, where the program prints the error of run(),',
    },
  ] as const;
  for (const { name, lines, times, what } of ends) {
    kit.it('N28', `${what} is reported in ${String(lines)} lines, with what to do, and the status is 1`, async () => {
      const { status, stderr } = await kit.run(name);
      expect([status, stderr.split(inUse).length - 1, stderr.includes('Stop the process that uses it')]).toEqual([
        1,
        times,
        true,
      ]);
      expect(stderr.trimEnd().split('\n').length <= lines).toBe(true);
      expect(stderr.includes('    at ')).toBe(false);
    });
  }

  kit.it('N28', 'serveHttp on a port that is taken is reported in 9 lines, the message once', async () => {
    const { status, stderr } = await kit.run('portTakenServeHttp');
    // Bun prints the rejected top-level await again, in one line.
    expect([status, stderr.split('EADDRINUSE').length - 1]).toEqual([1, isBun ? 2 : 1]);
    expect(stderr.trimEnd().split('\n').length <= 9).toBe(true);
  });

  kit.it('N28', 'with onError, the error of run() shows the first error in at most 15 lines', async () => {
    const { status, stderr, lines } = await kit.run('portTakenOnError');
    expect([status, lines.length]).toEqual([1, 1]);
    expect(stderr.includes('Error in service "http" (startup, during):') || isBun).toBe(true);
    // Node prints the place of the throw before the error, and its version after it.
    expect(stderr.trimEnd().split('\n').length <= 15).toBe(true);
  });

  kit.it('N28', 'a bug in a startup function is printed once, with its stack', async () => {
    const { status, stderr } = await kit.run('bugInStart');
    expect([status, stderr.split('this cannot be shown').length - 1]).toEqual([1, isBun ? 2 : 1]);
    expect(/^ {4}at .*broken/m.test(stderr)).toBe(true);
  });

  for (const { name, message, line, expected } of [
    { name: 'asyncOnErrorRejects', message: 'sentry is down', line: 'Error in host', expected: 0 },
    { name: 'loggerRejects', message: 'the disk is full', line: 'the logger threw', expected: 1 },
  ] as const) {
    kit.it('C48', `${name}: the rejection is printed once, nothing loops, and a signal stops the process`, async () => {
      const program = await kit.running(name);
      await program.line(line);
      const { status, stderr } = await program.endBy('SIGTERM');
      expect([status, stderr.split(message).length - 1, stderr.split('this cannot be shown').length - 1]).toEqual([
        expected,
        1,
        1,
      ]);
    });
  }

  for (const name of ['uncaughtWithoutStack', 'uncaughtWithoutInspection']) {
    kit.it(
      'N11',
      `${name}: an uncaught error that can't be printed stops the reactor in order, with status 1`,
      async () => {
        const { status, lines, stderr } = await kit.run(name);
        expect([status, lines, stderr.includes('uncaught exception: ')]).toEqual([1, ['shutdown'], true]);
      },
    );
  }

  kit.it('N9', 'names with line breaks make no lines of their own, and of 10 000 triggers ten are named', async () => {
    const program = await kit.running('forgedNames');
    program.signal('SIGTERM');
    const line = await program.line('still waiting for: ');
    program.signal('SIGKILL');
    const { stderr } = await program.ended;
    expect([line.endsWith(', and 9990 more'), line.includes('x\\nforged line\\u000d\\u001b[2J9 (')]).toEqual([
      true,
      true,
    ]);
    expect([line.length < 1_000, /^forged|\r|\u001b/m.test(stderr)]).toEqual([true, false]);
  });
}
