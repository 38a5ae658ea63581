import type { ProcessKit } from './kit.ts';

const BLOCKED = 'the shutdown deadline has passed and';

/** What the watchdog does about a thread that is blocked: N10. */
export function watchdogs(kit: ProcessKit): void {
  const { expect } = kit;

  kit.it('N10', 'a trigger that blocks the thread past the deadline is named, and the process killed', async () => {
    const { status, lines, stderr } = await (await kit.running('blocks')).endBy('SIGTERM');
    expect([status, lines]).toEqual(['SIGKILL', ['running', 'sibling']]);
    expect(stderr.includes(`${BLOCKED} trigger "compact" (during) blocks the thread`)).toBe(true);
  });

  kit.it('N10', 'the innermost trigger that is still on the stack is named', async () => {
    const { status, stderr } = await (await kit.running('blocksInsideAnother')).endBy('SIGTERM');
    expect([status, stderr.includes(`${BLOCKED} trigger "outer" (during)`)]).toEqual(['SIGKILL', true]);
  });

  kit.it('N10', 'a callback that blocks outside of all triggers is named, and the process killed', async () => {
    const { status, stderr } = await kit.run('blocksInACall');
    expect([status, stderr.includes(`${BLOCKED} a callback blocks the thread`)]).toEqual(['SIGKILL', true]);
  });

  for (const { name, culprit, rule } of [
    {
      name: 'blocksInAnAbortListener',
      culprit: "an abort listener of the reactor's signal, or what called stop(), blocks the thread",
      rule: 'an abort listener that was added before run() and blocks is named',
    },
    {
      name: 'blocksAfterAnAwait',
      culprit: 'trigger "flush" (during) or a callback blocks the thread',
      rule: 'a trigger that blocks after an await is named, since it is pending',
    },
    {
      name: 'blocksWhileOthersPend',
      culprit: 'one of: trigger "db" (during), trigger "flush" (during), or a callback, blocks the thread',
      rule: 'when several triggers are pending, each is named',
    },
    {
      name: 'blocksAfterItsLimit',
      culprit: 'one of: trigger "late" (during), trigger "late" (after), or a callback, blocks the thread',
      rule: 'a trigger that was abandoned at its limit is named when it blocks later',
    },
    {
      name: 'blocksInAQueuedCall',
      culprit: 'trigger "flush" (during) or a callback blocks the thread',
      rule: 'a queued call that blocks during the stop is named as a callback',
    },
  ] as const) {
    kit.it('N10', rule, async () => {
      const { status, stderr } = await (await kit.running(name)).endBy('SIGTERM');
      expect([status, stderr.split('\n').find((line) => line.startsWith(BLOCKED))]).toEqual([
        'SIGKILL',
        `${BLOCKED} ${culprit}: killing the process`,
      ]);
    });
  }

  kit.it('N10', 'a slow stop is not killed: the deadline ends it', async () => {
    const { status, stderr } = await (await kit.running('isOnlySlow')).endBy('SIGTERM');
    expect([status, stderr.includes(BLOCKED)]).toEqual([124, false]);
  });

  kit.it('N10', 'a thread that was blocked before the stop is not killed', async () => {
    const { status, lines } = await kit.run('blocksBefore');
    expect([status, lines]).toEqual([0, ['running', 'woke', 'over: stop', 'exit event 0']]);
  });

  kit.it('N10', 'a watchdog that is not needed does not keep the process alive', async () => {
    const { status, lines, stderr } = await kit.run('isNotNeeded');
    expect([status, lines, stderr]).toEqual([0, ['running', 'over: stop', 'exit event 0'], '']);
  });
}
