import { describe, expect, it } from '@jest/globals';
import { formatReport, PhasePassedError, UnknownTriggerError, type ReactorOptions } from '@triphase/core';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';

const noop = (): void => undefined;

/** Counts readings of the host's clock. */
class CountingReactor extends HandTurnedReactor {
  reads = 0;
  protected override hostNow(): number {
    this.reads++;
    return super.hostNow();
  }
}

describe('statements of the contract that no other test covers', () => {
  it('C15: a timeline has no colour and needs none', async () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: noop });
    reactor.on('job', () => settled(), { name: '\u001b[31mred\u001b[0m' });
    reactor.on('job', () => Promise.reject(new Error('\u001b[1mbold')), { name: 'broken' });
    reactor.on('job', () => new Promise(noop), { name: 'hangs', timeout: 5 });
    const fired = reactor.fire('job', undefined, { timings: true });
    await settled();
    reactor.advance(5);
    reactor.iterate();
    const text = formatReport(await fired);
    expect(text).not.toMatch(/[\u001b\u009b]/);
    // A word stands where a colour could.
    expect(text.split('\n').filter((line) => /broken .*failed/.test(line)).length).toBe(1);
    expect(text.split('\n').filter((line) => /hangs .*abandoned/.test(line)).length).toBe(1);
  });

  it.each([
    { type: 'startup', message: /^before startup has passed: .*callWhenRunning$/ },
    { type: 'shutdown', message: /^before shutdown has passed: .*in a later phase$/ },
  ] as const)('C17: PhasePassedError of $type says what to use instead', async ({ type, message }) => {
    const reactor: HandTurnedReactor = new HandTurnedReactor();
    const thrown: unknown[] = [];
    reactor.on(type, {
      during: () => {
        try {
          reactor.addSystemEventTrigger('before', type, noop);
        } catch (error) {
          thrown.push(error);
        }
      },
    });
    const ended = reactor.run();
    reactor.pump();
    void reactor.stop();
    reactor.pump();
    await ended;
    expect(thrown).toEqual([expect.any(PhasePassedError)]);
    expect((thrown[0] as Error).message).toMatch(message);
  });

  it('C19: a trigger is removed by identity: neither its function nor a similar handle stands for it', async () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor();
    let calls = 0;
    const trigger = (): unknown => calls++;
    const [first, second] = [reactor.on('job', trigger), reactor.on('job', trigger)];
    const lookAlike = { event: first.event, name: first.name, remove: () => true, [Symbol.dispose]: noop };
    expect(() => reactor.removeSystemEventTrigger(lookAlike)).toThrow(UnknownTriggerError);
    reactor.removeSystemEventTrigger(first);
    await reactor.fire('job');
    expect([calls, second.remove(), first.remove()]).toEqual([1, true, false]);
  });

  it('C19: removing a trigger does not search the others', () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor();
    const handles = Array.from({ length: 20_000 }, () => reactor.on('job', noop));
    const methods = [
      'filter',
      'find',
      'findIndex',
      'includes',
      'indexOf',
      'lastIndexOf',
      'slice',
      'some',
      'splice',
    ] as const;
    const originals = methods.map((name) => [name, Object.getOwnPropertyDescriptor(Array.prototype, name)] as const);
    let scanned = 0;
    for (const [name, descriptor] of originals) {
      const original = descriptor?.value as (...args: unknown[]) => unknown;
      Object.defineProperty(Array.prototype, name, {
        ...descriptor,
        value(this: unknown[], ...args: unknown[]) {
          scanned += this.length;
          return original.apply(this, args);
        },
      });
    }
    try {
      for (let i = 0; i < 1_000; i++) handles[(i * 7_919) % handles.length]?.remove();
    } finally {
      for (const [name, descriptor] of originals) Object.defineProperty(Array.prototype, name, descriptor!);
    }
    expect(scanned).toBeLessThan(1_000 * 50); // one search for each would be 10,000,000
  });

  it('C37: callSoon asks for a turn at once, whatever wakeup is waited for', () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor();
    void reactor.run();
    reactor.pump();
    reactor.callLater(1_000_000, noop);
    expect(reactor.turnRequested).toBe(false);
    const ran: number[] = [];
    reactor.callSoon(() => ran.push(reactor.now()));
    expect(reactor.turnRequested).toBe(true);
    reactor.pump();
    expect(ran).toEqual([0]);
  });

  it('C42: getDelayedCalls() inside a turn lists the calls of this turn that wait still', () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor();
    const seen: string[][] = [];
    const look = (): void => {
      seen.push(reactor.getDelayedCalls().map((call) => String(call).split(':')[0]!.replace('DelayedCall ', '')));
    };
    reactor.callSoon(() => {
      reactor.callLater(0, look, { name: 'third' });
      look();
    });
    reactor.callLater(0, look, { name: 'first' });
    reactor.callLater(0, look, { name: 'second' });
    reactor.iterate();
    expect(seen).toEqual([['first', 'second', 'third'], ['second', 'third'], ['third'], []]);
  });

  it('C46: without an observer that asks for triggers the clock is not read for each trigger', async () => {
    const readsWith = async (options: ReactorOptions): Promise<number> => {
      const reactor: CountingReactor = new CountingReactor(options);
      for (let i = 0; i < 100; i++) reactor.on('job', noop);
      const before = reactor.reads;
      await reactor.fire('job');
      return reactor.reads - before;
    };
    expect(await readsWith({})).toBeLessThanOrEqual(2); // the duration of the firing
    expect(await readsWith({ observer: { turn: noop } })).toBeLessThanOrEqual(2);
    expect(await readsWith({ observer: { trigger: noop } })).toBeGreaterThanOrEqual(200);
  });
});
