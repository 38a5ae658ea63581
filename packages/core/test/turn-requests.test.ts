import { describe, expect, it } from '@jest/globals';
import { ReactorBase } from '@triphase/core';

/** A reactor whose hooks do what a test says. */
class Hooked extends ReactorBase {
  hook: (turn: () => void) => unknown = () => () => undefined;

  protected override requestTurn(turn: () => void): () => void {
    return this.hook(turn) as () => void; // as: what JavaScript lets a subclass do
  }

  protected override setWakeup(_ms: number, turn: () => void): () => void {
    return this.hook(turn) as () => void; // as: see above
  }

  protected override hostNow(): number {
    return 0;
  }
}

const atOnce = (turn: () => void): (() => void) => {
  turn();
  return () => undefined;
};

describe('the hooks of a subclass', () => {
  it.each([
    ['calls its turn at once', atOnce, 'called its turn at once'],
    ['returns nothing', () => undefined, 'returned no function'],
  ])('C1: one that %s is a TypeError for whoever asked, and the reactor can be ended', async (_what, hook, message) => {
    const reactor = new Hooked();
    const ended = reactor.run();
    const ran: string[] = [];
    reactor.hook = hook;
    expect(() => {
      reactor.callSoon(() => ran.push('queued'));
    }).toThrow(new RegExp(`^requestTurn\\(\\) ${message}`));
    reactor.hook = () => () => undefined;
    reactor.iterate();
    reactor.hook = hook;
    expect(() => reactor.callLater(5, () => ran.push('timed'))).toThrow(new RegExp(`^setWakeup\\(\\) ${message}`));
    expect(() => void reactor.stop()).toThrow(TypeError);
    expect(ran).toEqual(['queued']);
    reactor.crash();
    expect((await ended).reason.kind).toBe('crash');
  });

  it('C1: run() throws it when something is queued already, and nothing is held', () => {
    const reactor = new Hooked();
    reactor.hook = atOnce;
    reactor.callSoon(() => undefined);
    expect(() => void reactor.run()).toThrow('called its turn at once');
    expect(reactor.state).toBe('idle');
  });

  it('C1: a turn that comes after it was taken back does nothing', async () => {
    const reactor = new Hooked();
    const turns: (() => void)[] = [];
    reactor.hook = (turn) => {
      turns.push(turn);
      return () => undefined;
    };
    const ended = reactor.run();
    const ran: string[] = [];
    reactor.callSoon(() => ran.push('queued'));
    expect(turns).toHaveLength(1);
    reactor.iterate();
    turns[0]?.();
    expect(reactor.stats().turns).toBe(1);
    reactor.callSoon(() => ran.push('next'));
    turns[1]?.();
    expect(ran).toEqual(['queued', 'next']);
    reactor.crash();
    await ended;
  });
});
