import type { ProcessKit } from './kit.ts';

/** `runMain` and `runService`, and the statuses they leave: N11. */
export function mains(kit: ProcessKit): void {
  const { expect } = kit;

  const outcomes = [
    ['mainEnds', 0, ['main', 'over: main-ended'], 'runMain ends when main has ended'],
    [
      'mainRejects',
      1,
      ['over: main-ended, disk full; Trigger "backup" (shutdown, after) failed: disk full'],
      'a main that rejects stops the reactor, is in the result, and the status is 1',
    ],
    ['mainThrowsAtOnce', 1, ['over: main-ended'], 'a main that throws at once makes it 1'],
    ['mainEndsWhileStarting', 0, ['over: main-ended'], 'a main that ends while the start pends ends the run'],
    [
      'setupThrows',
      1,
      ['shutdown', 'StartupFailedError: The start failed: no config'],
      'a setup that throws is a failed start: no startup, shutdown fires, the status is 1',
    ],
    [
      'serviceFailsToStart',
      1,
      ['StartupFailedError: The start failed: refused'],
      'a service that fails to start rejects runService, and the status is 1',
    ],
  ] as const;
  for (const [name, status, lines, rule] of outcomes) {
    kit.it('N11', rule, async () => {
      const end = await kit.run(name);
      expect([end.status, end.lines]).toEqual([status, lines]);
    });
  }

  const stopped = [
    ['mainSleeps', 0, [], 'a main that a signal cuts in its sleep has not failed'],
    ['mainIsToldToStop', 0, [], 'a main that ends with the abort of reactor.signal has not failed'],
    ['mainFailsWhileStopping', 1, [], 'a main that fails while the reactor stops makes it 1'],
    ['serviceRuns', 0, ['http closes', 'db closes'], 'runService stops in order after a signal'],
  ] as const;
  for (const [name, status, lines, rule] of stopped) {
    kit.it('N11', rule, async () => {
      const end = await (await kit.running(name)).endBy('SIGTERM');
      expect([end.status, end.lines.filter((line) => line !== 'db opens')]).toEqual([
        status,
        ['running', ...lines, 'over: signal'],
      ]);
    });
  }

  kit.it('N11', 'a setup that throws is told on the error path', async () => {
    expect((await kit.run('setupThrows')).stderr.includes('setup: Error: no config')).toBe(true);
  });
}
