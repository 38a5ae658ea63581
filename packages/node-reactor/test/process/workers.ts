import type { ProcessKit } from './kit.ts';
import type { End } from './program.ts';

/** The bridge to the reactor of a worker thread: N30. */
export function workers(kit: ProcessKit): void {
  const { expect } = kit;
  const it = (rule: string, body: () => Promise<void>): void => kit.it('N30', rule, body);

  /** Expects the status of a program, and lines that it has printed. Their order is not checked: two threads print them. */
  const expectEnd = ({ status, lines }: End, expected: number | string, ...said: readonly string[]): void => {
    expect([status, said.filter((line) => !lines.includes(line))]).toEqual([expected, []]);
  };

  it('a worker is stopped with the reason of the main reactor, which waits for the end of the thread', async () => {
    const { status, lines, stderr } = await (await kit.running('bridged')).endBy('SIGTERM');
    expect([status, stderr]).toEqual([0, '']);
    expect(lines.slice(-3)).toEqual(['the thread ended with 0', 'over: signal', 'exit event 0']);
    expect(lines.slice(0, 2).sort()).toEqual(['running', 'thread: running']);
    expect(lines.slice(2, 4)).toEqual(['thread: shutdown, signal SIGTERM', 'thread: over, signal']);
  });

  it('a worker starts after the services that it needs and stops before them', async () => {
    const { status, lines } = await (await kit.running('bridgedInOrder')).endBy('SIGINT');
    const order = ['database starts', 'the thread is made', 'user starts', 'running', 'user stops'];
    const stops = ['the thread has ended', 'database stops', 'over: signal', 'exit event 0'];
    expect([status, lines.filter((line) => !line.startsWith('thread:'))]).toEqual([0, [...order, ...stops]]);
  });

  it('a reason other than a signal reaches the worker as main-stopped, also if its cause cannot be copied', async () => {
    expectEnd(await kit.run('bridgedStops'), 0, 'thread: shutdown, main-stopped ', 'thread: over, main-stopped');
  });

  it("the bridge passes on the worker's own messages, and a listener for them does not keep the thread alive after the run", async () => {
    const { status, lines, stderr } = await (await kit.running('bridgedWithMessages')).endBy('SIGTERM');
    expect([status, stderr, lines.includes('echo early')]).toEqual([0, '', true]);
  });

  it('a worker without a bridge works as before', async () => {
    const { status, lines, stderr } = await kit.run('notBridged');
    expect([status, stderr, lines.includes('echo work')]).toEqual([0, '', true]);
  });

  it('a worker can be bridged long after its reactor has started', async () => {
    expectEnd(await (await kit.running('bridgedLate')).endBy('SIGTERM'), 0, 'thread: shutdown, signal SIGTERM');
  });

  it('a reactor in a worker can bridge another worker', async () => {
    const { status, lines } = await (await kit.running('bridgedNested')).endBy('SIGTERM');
    expect([status, lines.filter((line) => line === 'thread: shutdown, signal SIGTERM').length]).toEqual([0, 2]);
  });

  it('the start and the stop wait for all reactors of the worker', async () => {
    const { status, lines } = await (await kit.running('bridgedTwo')).endBy('SIGTERM');
    expect([status, lines.filter((line) => line.startsWith('thread:')).sort()]).toEqual([
      0,
      ['thread: first stops', 'thread: second stops'],
    ]);
  });

  it('the start waits for the start of the worker', async () => {
    const program = await kit.running('bridgedStartsSlowly');
    const before = program.lines.filter((line) => line !== 'thread: running');
    expect(before).toEqual(['thread: starting', 'running']);
    expectEnd(await program.endBy('SIGTERM'), 0, 'thread: db closed');
  });

  it('a stop in the middle of the start stops the worker in order', async () => {
    const program = kit.start('bridgedStartsSlowly');
    await program.line('thread: starting');
    const { status, lines } = await program.endBy('SIGTERM');
    expect([status, lines.includes('running'), lines.slice(-3)]).toEqual([
      0,
      false,
      ['the thread ended with 0', 'over: signal', 'exit event 0'],
    ]);
    expect(lines.includes('thread: db closed')).toBe(true);
  });

  it('a start of the worker that never ends is cut by a stop, at the limit of that stop', async () => {
    const program = kit.start('bridgedStartHangs');
    await program.line('thread: starting');
    const { status, lines, stderr } = await program.endBy('SIGTERM');
    expect([status, lines.includes('thread: told to stop')]).toEqual([124, true]);
    expect(/Worker "helper" was terminated at the limit of its stop: .*db \(during, \d\.\d s\)/.test(stderr)).toBe(
      true,
    );
  });

  for (const { name, error, rule } of [
    {
      name: 'bridgedStartFails',
      error: 'failed to start: Service "db" (startup, during) failed: disk full',
      rule: 'a worker whose start fails makes the start of the main reactor fail',
    },
    {
      name: 'bridgedEndsAtOnce',
      error: 'ended with status 0, and no reactor ran in it',
      rule: 'a worker that ends without a reactor makes the start fail',
    },
    {
      name: 'bridgedThrowsAtOnce',
      error: 'failed: no module',
      rule: 'a worker that throws before it has a reactor makes the start fail',
    },
    {
      name: 'bridgedNoReactor',
      error:
        'had no reactor after 300 ms and was terminated: run one in its program, such as with runService(), or raise startTimeout',
      rule: 'a worker without a reactor is terminated after the limit, and the start fails',
    },
    {
      name: 'bridgedTooLate',
      error: 'had ended before it was bridged',
      rule: 'a worker that has ended already makes the start fail',
    },
  ] as const) {
    it(rule, async () => {
      expectEnd(await kit.run(name), 1, `The start failed: Worker "helper" ${error}`, 'exit event 1');
    });
  }

  it('a start that was cut at its limit terminates the worker', async () => {
    expectEnd(await kit.run('bridgedStartLimit'), 1, 'the thread ended with 1');
  });

  it('a start that is escalated escalates the worker, and its thread ends', async () => {
    const program = kit.start('bridgedEscalatesItsStart');
    await program.line('thread: starting');
    const { status, lines } = await program.endBy('SIGUSR2');
    expect([status, lines.includes('thread: told to stop')]).toEqual([1, true]);
    expect(lines.filter((line) => line.startsWith('the thread ended')).length).toBe(1);
  });

  it('when another part of the start fails, the worker is stopped in order', async () => {
    expectEnd(await kit.run('bridgedAfterAFailure'), 1, 'thread: over, main-stopped', 'the thread ended with 0');
  });

  for (const { name, error, rule } of [
    {
      name: 'bridgedStopFails',
      error: 'ended its run with status 1: Trigger "flush" (shutdown, during) failed: disk full',
      rule: 'a stop that fails in the worker fails in the main reactor',
    },
    {
      name: 'bridgedStatus',
      error: 'ended with status 7',
      rule: 'a worker that sets its own status makes the stop fail',
    },
    {
      name: 'bridgedExitsInItsStop',
      error: 'ended with status 1 before the run of its reactor was over',
      rule: 'a worker that exits in the middle of its stop makes the stop fail, also with process.exit(0)',
    },
  ] as const) {
    it(rule, async () => {
      const { status, stderr } = await (await kit.running(name)).endBy('SIGTERM');
      expect([status, failures(stderr)]).toEqual([1, [`Worker "helper" ${error}`]]);
    });
  }

  it('a worker that hangs in its stop is terminated at the limit, and what it waited for is named', async () => {
    const { status, lines, stderr } = await (await kit.running('bridgedHangs')).endBy('SIGTERM');
    expectEnd({ status, lines, stderr }, 124, 'the thread ended with 1');
    expect(/Worker "helper" was terminated at the limit of its stop: flush \(during, \d\.\d s\)/.test(stderr)).toBe(
      true,
    );
  });

  it('a worker that blocks its thread is terminated at the limit', async () => {
    const { status, lines, stderr } = await (await kit.running('bridgedBlocks')).endBy('SIGTERM');
    expectEnd({ status, lines, stderr }, 124, 'the thread ended with 1');
  });

  it('a worker whose run is over and whose thread something keeps alive is terminated, and the status stays 0', async () => {
    const { status, stderr } = await (await kit.running('bridgedHeld')).endBy('SIGTERM');
    expect([status, stderr.includes('its run is over, but something still held its thread')]).toEqual([0, true]);
  });

  it('a stop in the middle of the start terminates a worker without a reactor', async () => {
    const program = kit.start('bridgedStopWithoutReactor');
    await program.line('the program begins');
    const { status, stderr } = await program.endBy('SIGTERM');
    expect([status, stderr.includes('was terminated: no reactor ran in it that could be stopped')]).toEqual([1, true]);
  });

  it('the pending lines say what the worker waits for, and a later signal is passed on', async () => {
    const program = await kit.running('bridgedHangsLonger');
    program.signal('SIGTERM');
    const line = await program.line('still waiting for: helper ');
    expect(/^still waiting for: helper \(flush \(during, \d\.\d s\)\)$/.test(line)).toBe(true);
    expectEnd(await program.endBy('SIGTERM'), 143, 'thread: over, signal');
  });

  it('the pending lines say that a worker does not answer, and a later signal ends it', async () => {
    const program = await kit.running('bridgedBlocksLonger');
    program.signal('SIGTERM');
    const line = await program.line('still waiting for: helper ');
    expect(/^still waiting for: helper \((stopping, )?no answer for \d\.\d s\)$/.test(line)).toBe(true);
    expectEnd(await program.endBy('SIGTERM'), 143);
  });

  for (const { name, error, rule } of [
    {
      name: 'bridgedDies',
      error: 'stopped after an error that nobody caught: disk full',
      rule: 'an uncaught error in the worker stops the worker, and is reported',
    },
    {
      name: 'bridgedIsKilled',
      error: 'ended with status 1 before the run of its reactor was over',
      rule: 'process.exit() in the worker ends its thread alone, and is reported',
    },
    { name: 'bridgedStopsItself', error: 'has stopped by itself', rule: 'a worker that stops by itself is reported' },
  ] as const) {
    it(rule, async () => {
      const program = await kit.running(name);
      await program.line('Error in service "helper":');
      const { status, lines, stderr } = await program.endBy('SIGTERM');
      expectEnd({ status, lines, stderr }, 0, 'over: signal');
      expect(failures(stderr)).toEqual([`Worker "helper" ${error}`]);
    });
  }

  it('a runMain that ends in the worker is no failure', async () => {
    const program = await kit.running('bridgedMain');
    await program.line('the thread ended with 0');
    const { status, stderr } = await program.endBy('SIGTERM');
    expect([status, stderr]).toEqual([0, '']);
  });

  it("in a worker signals, exit: 'signal' and the watchdog have no effect, which is printed", async () => {
    const { status, lines, stderr } = await (await kit.running('bridgedTooMuch')).endBy('SIGTERM');
    expectEnd({ status, lines, stderr }, 0, 'thread: over, signal', 'the thread ended with 0');
    expect(['signals: SIGUSR2 cannot', 'watchdog: it has no'].filter((start) => !stderr.includes(start))).toEqual([]);
  });
}

/** The failures of the worker that were printed. Bun prints no class in a stack. */
function failures(stderr: string): string[] {
  return [...stderr.matchAll(/^(?:WorkerFailed)?Error: (Worker "helper" .*)$/gm)].map(([, message = '']) => message);
}
