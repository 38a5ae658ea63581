import type { ProcessKit } from './kit.ts';
import type { End } from './program.ts';

const TO_STDOUT =
  /^stdout cannot be written to \(Error: (write EPIPE|EPIPE: .*)\), so the process stops; has its reader ended\?$/;

/** Output that cannot be written: N23. */
export function outputs(kit: ProcessKit): void {
  const { expect } = kit;

  /** Runs a program, and stops reading its stdout or stderr once it runs. */
  const unread = async (name: string, stream: 'stdout' | 'stderr' = 'stdout'): Promise<End> => {
    const program = await kit.running(name);
    program.closeReader(stream);
    return program.ended;
  };

  /** A test of a stream that breaks; not on Bun. */
  const itExceptOnBun = (rule: string, body: () => Promise<void>): void => {
    if (kit.runtime.name === 'Bun') kit.skip('N23', rule, 'Bun prints the error itself, and calls no listener');
    else kit.it('N23', rule, body);
  };

  itExceptOnBun(
    'when the reader of stdout goes away, one line says so once; the stop goes on, with status 1',
    async () => {
      const { status, stderr } = await unread('stdoutBreaks');
      const [line = '', ...rest] = stderr.trim().split('\n');
      expect([status, TO_STDOUT.test(line), rest]).toEqual([1, true, ['shutdown: uncaught', 'after']]);
    },
  );

  itExceptOnBun('when the reader of stderr goes away, the stop goes on, with status 1', async () => {
    const { status, lines } = await unread('stderrBreaks', 'stderr');
    expect([status, lines]).toEqual([1, ['running', 'shutdown: uncaught', 'over: uncaught', 'exit event 1']]);
  });

  itExceptOnBun(
    'a logger that writes to the broken stream is called once, and the line is on stderr, too',
    async () => {
      const { status, stderr } = await unread('stdoutBreaksUnderLogger');
      const [line = '', ...rest] = stderr.trim().split('\n');
      expect([status, TO_STDOUT.test(line), rest]).toEqual([1, true, ['after', 'logged: 1']]);
    },
  );

  itExceptOnBun(
    'a last write that fails after the run is reported in the same way, and in a script not at all',
    async () => {
      const program = await kit.running('stdoutBreaksAtTheEnd');
      program.closeReader('stdout');
      const { status, stderr } = await program.endBy('SIGTERM');
      const [line = '', ...rest] = stderr.trim().split('\n');
      expect([status, TO_STDOUT.test(line), rest]).toEqual([1, true, ['exit event 1']]);
      const script = await kit.running('scriptBreaksAtTheEnd');
      script.closeReader('stdout');
      const end = await script.endBy('SIGTERM');
      expect([end.status, end.stderr]).toEqual([143, '']);
      const polling = await unread('scriptWritesOn');
      expect([polling.status, polling.stderr]).toEqual([1, '']);
    },
  );

  itExceptOnBun('onError is called once for a broken stdout', async () => {
    const { status, stderr } = await unread('stdoutBreaksToOnError');
    expect([status, stderr]).toEqual([1, 'host stdout: EPIPE\n']);
  });

  itExceptOnBun('when the reader goes away while stopping, the stop goes on, and the status is 1', async () => {
    const program = await kit.running('stdoutBreaksWhileStopping');
    program.signal('SIGTERM');
    await program.line('stopping');
    program.closeReader('stdout');
    const { status, stderr } = await program.endBy('SIGUSR2');
    expect([status, stderr.split('\n').filter((line) => TO_STDOUT.test(line)).length]).toEqual([1, 1]);
    expect([stderr.includes('after\n'), stderr.includes('logged: 1\n')]).toEqual([true, true]);
  });

  itExceptOnBun('when both streams break, there is one report', async () => {
    const program = await kit.running('bothBreak');
    program.closeReader('stdout');
    program.closeReader('stderr');
    program.signal('SIGTERM');
    expect((await program.endBy('SIGUSR2')).status).toBe(11);
  });

  itExceptOnBun('a script whose reader goes away prints nothing and stops, with status 1', async () => {
    const { status, stderr } = await unread('scriptIntoHead');
    expect([status, stderr]).toEqual([1, '']);
  });

  kit.it('N23', 'a script that awaits a pipeline into stdout prints nothing and stops, with status 1', async () => {
    const { status, stderr } = await unread('scriptPipesIntoHead');
    expect([status, stderr]).toEqual([1, '']);
  });

  for (const name of ['uncaughtEpipeOfASocket', 'scriptFailsInOtherWays']) {
    kit.it('N23', `EPIPE of another stream is reported like any other error (${name})`, async () => {
      const { status, stderr } = await kit.run(name);
      expect([status, stderr.includes('write EPIPE')]).toEqual([1, true]);
    });
  }

  kit.it(
    'N23',
    'a logger that emits an error for each line loses no line: the console prints it, and each error once',
    async () => {
      const { status, lines, stderr } = await kit.run('loggerEmitsErrors');
      expect([status, lines]).toEqual([1, ['running', 'after', 'over: uncaught', 'exit event 1']]);
      const count = (text: string): number => stderr.split(text).length - 1;
      expect(count('uncaught exception: Error: nobody catches this')).toBe(1);
      // Once by us, and once by Node for a line that was logged as the run ended.
      expect([count('Error: no disk') <= 2, count('could not flush') > 0]).toEqual([true, true]);
    },
  );

  kit.it(
    'N23',
    'a logger that throws for each line is reported once, no line is lost, and the status is 1',
    async () => {
      const { status, lines, stderr } = await kit.run('loggerThrows');
      expect([status, lines]).toEqual([1, ['running', 'after', 'over: stop', 'exit event 1']]);
      const count = (text: string): number => stderr.split(text).length - 1;
      expect(
        ['the logger threw', 'the first request failed', 'the second request failed'].map((text) => count(text) > 0),
      ).toEqual([true, true, true]);
      expect(count('Error: no disk')).toBe(1);
    },
  );

  kit.it('N23', 'an uncaught error that is thrown 20 times is reported once', async () => {
    const { status, lines, stderr } = await kit.run('uncaughtAgainAndAgain');
    expect([status, lines.includes('after'), stderr.includes('logged: 1\n')]).toEqual([1, true, true]);
  });
}
