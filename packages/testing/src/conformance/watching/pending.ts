import type { PendingItem } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { named } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { HOUR, atLeast, block, settle } from '../time.ts';

/** `pending()`. C47. */
export function pending(kit: Kit): void {
  const { expect } = kit;

  const withoutAges = (waiting: readonly PendingItem[]): unknown[] =>
    waiting.map(({ kind, name, event, phase, age }) => ({
      kind,
      name,
      ...(event !== undefined && { event, phase }),
      aged: age >= 0,
    }));

  kit.it('C47', 'pending() is empty when nothing is pending', () => {
    expect(kit.create().pending()).toEqual([]);
  });

  kit.it('C47', 'pending() lists queued calls and timed calls by name', () => {
    const reactor = kit.create();
    reactor.callSoon(named('load', () => undefined));
    reactor.callLater(HOUR, () => undefined, { name: 'later' });
    reactor.callLater(
      HOUR,
      named('refresh', () => undefined),
    );
    expect(withoutAges(reactor.pending())).toEqual([
      { kind: 'call', name: 'load', aged: true },
      { kind: 'timed-call', name: 'later', aged: true },
      { kind: 'timed-call', name: 'refresh', aged: true },
    ]);
    expect(reactor.pending().map(({ age }) => age)).toEqual([0, 0, 0]);
  });

  kit.it(
    'C47',
    'the age of a timed call is how long it has been overdue',
    () => {
      const reactor = kit.create();
      reactor.callLater(1, () => undefined);
      block(reactor, 11);
      expect(atLeast(reactor.pending()[0]?.age ?? 0, 10)).toBe(true);
    },
    { needs: 'movingClock' },
  );

  kit.it('C47', 'pending() lists the pending triggers, and not those that have settled', async () => {
    const reactor = kit.create();
    const [first, second] = [deferred(), deferred()];
    reactor.on('job', { before: () => first.promise }, { name: 'first' });
    reactor.on('job', { before: () => second.promise }, { name: 'second' });
    const fired = reactor.fire('job');
    const entry = (name: string): unknown => ({ kind: 'trigger', name, event: 'job', phase: 'before', aged: true });
    expect(withoutAges(reactor.pending())).toEqual([entry('first'), entry('second')]);
    first.resolve();
    await settle();
    expect(withoutAges(reactor.pending())).toEqual([entry('second')]);
    second.resolve();
    await fired;
    expect(reactor.pending()).toEqual([]);
  });

  kit.it('C47', 'pending() lists a firing that was requested with whenFiring: again', async () => {
    const reactor = kit.create();
    const gate = deferred();
    reactor.once('job', () => gate.promise, { name: 'held' });
    void reactor.fire('job');
    const again = reactor.fire('job', undefined, { whenFiring: 'again' });
    expect(reactor.pending().map(({ kind }) => kind)).toEqual(['trigger', 'firing']);
    gate.resolve();
    await again;
    expect(reactor.pending()).toEqual([]);
  });

  kit.it('C47', 'pending() lists a service that is starting, with its status', async () => {
    const reactor = kit.create();
    const gate = deferred();
    reactor.use({ name: 'db', startup: { during: () => gate.promise }, status: () => '3 requests' });
    const ended = reactor.run();
    const [waiting] = reactor.pending();
    const { kind, name, phase, status } = waiting ?? {};
    expect({ kind, name, phase, status }).toEqual({
      kind: 'service',
      name: 'db',
      phase: 'during',
      status: '3 requests',
    });
    gate.resolve();
    await settle();
    await reactor.stop();
    await ended;
    expect(reactor.pending()).toEqual([]);
  });

  kit.it('C47', 'pending() lists a service that waits for another, with the name of that one', async () => {
    const reactor = kit.create();
    const gate = deferred();
    const db = reactor.use({ name: 'db', startup: { during: () => gate.promise } });
    reactor.use({ name: 'http', needs: [db], startup: { during: () => undefined } });
    const ended = reactor.run();
    const [holding, waiting, ...others] = reactor.pending();
    expect([holding?.name, waiting?.kind, waiting?.name, waiting?.phase]).toEqual(['db', 'service', 'http', 'during']);
    expect([waiting?.status?.includes('db'), others.length]).toEqual([true, 0]);
    gate.resolve();
    await settle();
    await reactor.stop();
    await ended;
  });

  kit.it('C47', 'pending() works inside a call and inside a trigger', () => {
    const reactor = kit.create();
    const seen: string[][] = [];
    const look = named('look', () => void seen.push(reactor.pending().map(({ name }) => name)));
    reactor.on('job', look);
    reactor.callSoon(look);
    reactor.callSoon(named('next', () => undefined));
    void reactor.fire('job');
    reactor.iterate();
    expect(seen).toEqual([['look', 'next'], ['next']]);
  });
}
