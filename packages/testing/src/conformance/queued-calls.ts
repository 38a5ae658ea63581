import type { Kit } from './kit.ts';
import { codeThrownBy, nextTurn, runThrough, settle, start } from './steps.ts';
import { passed, range, realPause } from './time.ts';

/** `callSoon`. C37. */
export function callSoon(kit: Kit): void {
  const { expect } = kit;

  kit.it('C37', 'calls queued before run() are kept, and run in order once it starts', async () => {
    const reactor = kit.create();
    const ran: number[] = [];
    for (const n of range(3)) reactor.callSoon(() => ran.push(n));
    await settle();
    expect(ran).toEqual([]);
    await runThrough(reactor, () => nextTurn(reactor));
    expect(ran).toEqual(range(3));
  });

  kit.it('C37', 'thousands of calls keep their order, however they come and go', () => {
    const reactor = kit.create({ maxBatch: 700 });
    const ran: number[] = [];
    let made = 0;
    // The queue is also emptied after exactly 1 024 calls, after more and after fewer.
    for (const count of [1_500, 100, 3_000, 0, 0, 0, 0, 520, 10, 2_000, 0, 0, 38, 10, 1_024, 1_024, 1, 4_000]) {
      for (const _ of range(count)) {
        const place = made++;
        reactor.callSoon(() => ran.push(place));
      }
      reactor.iterate();
    }
    for (let turns = 0; turns < 20 && ran.length < made; turns++) reactor.iterate();
    expect(ran.length).toBe(made);
    expect(ran.every((place, index) => place === index)).toBe(true);
  });

  kit.it('C37', 'a call from outside wakes a reactor that has nothing to do', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      for (const _ of range(5)) {
        await realPause(1);
        await nextTurn(reactor);
      }
    });
  });

  kit.it(
    'C37',
    'a call wakes a reactor that waits for a distant timed call',
    async () => {
      const reactor = kit.create();
      const ran: string[] = [];
      await start(reactor);
      reactor.callLater(3_600_000, () => ran.push('distant'));
      await realPause(1);
      reactor.callSoon(() => ran.push('soon'));
      const result = await reactor.stop();
      expect(ran).toEqual(['soon']);
      expect(result.left).toEqual({ queued: 0, timed: 1 });
    },
    { needs: 'movingClock' },
  );

  kit.it('C37', 'a call queued by a trigger of another event runs', async () => {
    const reactor = kit.create();
    await runThrough(
      reactor,
      () =>
        new Promise<void>((resolve) => {
          reactor.once('job', () => {
            reactor.callSoon(resolve);
          });
          void reactor.fire('job');
        }),
    );
  });

  kit.it('C37', 'callSoon returns nothing, and a function is called without arguments', () => {
    const reactor = kit.create();
    const seen: unknown[][] = [];
    const callSoon: (fn: (...args: unknown[]) => unknown) => unknown = reactor.callSoon.bind(reactor);
    expect(callSoon((...args) => seen.push(args))).toBe(undefined);
    reactor.iterate();
    expect(seen).toEqual([[]]);
  });

  kit.it('C37', 'callFromThread is the same queue', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.callSoon(() => ran.push('soon'));
    reactor.callFromThread(() => ran.push('from thread'));
    reactor.callSoon(() => ran.push('soon again'));
    reactor.iterate();
    expect(ran).toEqual(['soon', 'from thread', 'soon again']);
  });
}

/** `iterate`: a turn by hand. C38. */
export function iterate(kit: Kit): void {
  const { expect } = kit;

  kit.it('C38', 'iterate() returns 0 when more is queued, the time to the next timed call, or Infinity', () => {
    const reactor = kit.create();
    expect(reactor.iterate()).toBe(Infinity);
    reactor.callSoon(() => {
      reactor.callSoon(() => undefined);
    });
    expect(reactor.iterate()).toBe(0);
    expect(reactor.iterate()).toBe(Infinity);
    reactor.callLater(Infinity, () => undefined);
    expect(reactor.iterate()).toBe(Infinity);
    const call = reactor.callLater(60_000, () => undefined);
    const wait = reactor.iterate();
    expect(wait > 0 && wait <= 60_000).toBe(true);
    call.cancel();
    expect(reactor.iterate()).toBe(Infinity);
  });

  kit.it('C38', 'iterate() from inside a turn is a ReentrantTurnError', () => {
    const reactor = kit.create();
    const codes: string[] = [];
    reactor.callSoon(() => codes.push(codeThrownBy(() => reactor.iterate())));
    reactor.callLater(0, () => codes.push(codeThrownBy(() => reactor.iterate())));
    reactor.iterate();
    expect(codes).toEqual(['ERR_TRIPHASE_REENTRANT_TURN', 'ERR_TRIPHASE_REENTRANT_TURN']);
  });

  kit.it('C38', 'iterate() in a run adds turns and takes none away', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, async () => {
      await settle();
      reactor.callSoon(() => ran.push('by hand'));
      reactor.iterate();
      expect(ran).toEqual(['by hand']);
      await nextTurn(reactor);
      await passed(reactor, 1);
    });
  });

  kit.it('C38', 'iterate() can take a stop to its end', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    await settle();
    void reactor.stop();
    for (let turns = 0; turns < 10 && reactor.state !== 'stopped'; turns++) reactor.iterate();
    expect(reactor.state).toBe('stopped');
    expect((await ended).reason).toEqual({ kind: 'stop' });
  });

  kit.it('C38', 'iterate() on a stopped reactor runs nothing and wants no further turn', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, () => undefined);
    reactor.callSoon(() => ran.push('queued'));
    reactor.callLater(0, () => ran.push('timed'));
    expect(reactor.iterate()).toBe(Infinity);
    expect(ran).toEqual([]);
  });
}
