import type { ProcessKit } from './kit.ts';

const BLOCKED = 'the shutdown deadline has passed and';

/** What the watchdog sees: N10. */
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

  kit.it('N10', 'what blocks outside of any trigger is killed too', async () => {
    const { status, stderr } = await kit.run('blocksInACall');
    expect([status, stderr.includes(`${BLOCKED} something blocks the thread`)]).toEqual(['SIGKILL', true]);
  });

  kit.it('N10', 'a stop that is merely slow is not killed: the deadline itself ends it', async () => {
    const { status, stderr } = await (await kit.running('isOnlySlow')).endBy('SIGTERM');
    expect([status, stderr.includes(BLOCKED)]).toEqual([124, false]);
  });

  kit.it('N10', 'a thread that was blocked before the stop is not killed', async () => {
    const { status, lines } = await kit.run('blocksBefore');
    expect([status, lines]).toEqual([0, ['running', 'woke', 'over: stop', 'exit event 0']]);
  });

  kit.it('N10', 'a watchdog that is not needed holds nothing', async () => {
    const { status, lines, stderr } = await kit.run('isNotNeeded');
    expect([status, lines, stderr]).toEqual([0, ['running', 'over: stop', 'exit event 0'], '']);
  });
}
