import type { Kit } from '../kit.ts';
import { nextTurn, runThrough, start } from '../running.ts';
import { codeThrownBy } from '../thrown.ts';
import { delay, settle } from '../time.ts';

/** `iterate`: a turn by hand. C38. */
export function iterate(kit: Kit): void {
  const { expect } = kit;

  kit.it('C38', 'iterate() returns 0 when more is queued, else the time to the next timed call, else Infinity', () => {
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

  kit.it('C38', 'iterate() inside a turn throws ReentrantTurnError', () => {
    const reactor = kit.create();
    const codes: string[] = [];
    reactor.callSoon(() => codes.push(codeThrownBy(() => reactor.iterate())));
    reactor.callLater(0, () => codes.push(codeThrownBy(() => reactor.iterate())));
    reactor.iterate();
    expect(codes).toEqual(['ERR_TRIPHASE_REENTRANT_TURN', 'ERR_TRIPHASE_REENTRANT_TURN']);
  });

  kit.it('C38', 'iterate() in a run adds a turn, and the turns of the host still come', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, async () => {
      await settle();
      reactor.callSoon(() => ran.push('by hand'));
      reactor.iterate();
      expect(ran).toEqual(['by hand']);
      await nextTurn(reactor);
      await delay(reactor, 1);
    });
  });

  kit.it('C38', 'iterate() can finish a stop', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    await settle();
    void reactor.stop();
    for (let turns = 0; turns < 10 && reactor.state !== 'stopped'; turns++) reactor.iterate();
    expect(reactor.state).toBe('stopped');
    expect((await ended).reason).toEqual({ kind: 'stop' });
  });

  kit.it('C38', 'iterate() on a stopped reactor runs nothing and returns Infinity', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, () => undefined);
    reactor.callSoon(() => ran.push('queued'));
    reactor.callLater(0, () => ran.push('timed'));
    expect(reactor.iterate()).toBe(Infinity);
    expect(ran).toEqual([]);
  });
}
