import { describe, expect, it } from '@jest/globals';
import { ReactorBase } from '@triphase/core';

/** A reactor whose hooks for turns and wakeups call `hook`. */
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

const fail = (): never => {
  throw new Error('no turn');
};

describe('the hooks of a subclass', () => {
  it.each([
    { what: 'calls its turn at once', hook: atOnce, message: 'called its turn at once' },
    { what: 'returns nothing', hook: () => undefined, message: 'returned no function' },
  ])(
    'C1: a hook that $what makes the call that needs it throw a TypeError, and the reactor can be ended',
    async ({ hook, message }) => {
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
    },
  );

  it('C1: run() throws it when a call is queued already, and nothing is held', () => {
    const reactor = new Hooked();
    reactor.hook = atOnce;
    reactor.callSoon(() => undefined);
    expect(() => void reactor.run()).toThrow('called its turn at once');
    expect(reactor.state).toBe('idle');
  });

  it('C1: a turn that comes after its request was cancelled does nothing', async () => {
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

  it.each([
    { what: 'throws', hook: fail, message: 'no turn' },
    {
      what: 'calls its turn at once',
      hook: atOnce,
      message: 'requestTurn() called its turn at once: call it later, from a macrotask',
    },
    {
      what: 'returns nothing',
      hook: () => undefined,
      message: 'requestTurn() returned no function: return one that cancels the request',
    },
  ])('C1: a hook that $what at the end of a turn is reported, not thrown into the host', async ({ hook, message }) => {
    const heard: unknown[] = [];
    const reactor = new Hooked({ onError: (error, source) => heard.push((error as Error).message, source) });
    const turns: (() => void)[] = [];
    const working = (turn: () => void): (() => void) => {
      turns.push(turn);
      return () => undefined;
    };
    reactor.hook = working;
    const ended = reactor.run();
    const ran: string[] = [];
    reactor.callSoon(() => {
      ran.push('first');
      reactor.callSoon(() => ran.push('second'));
      reactor.hook = hook;
    });
    turns.shift()?.();
    expect(heard).toEqual([message, { kind: 'host', name: 'turn request' }]);
    reactor.hook = working;
    reactor.callSoon(() => ran.push('third'));
    turns.shift()?.();
    expect(ran).toEqual(['first', 'second', 'third']);
    reactor.crash();
    await ended;
  });

  it('C1: an error of requestTurn is thrown by the call that needed the turn, and a later call requests a turn again', async () => {
    const reactor = new Hooked();
    const ended = reactor.run();
    reactor.hook = fail;
    const ran: string[] = [];
    expect(() => {
      reactor.callSoon(() => ran.push('queued'));
    }).toThrow('no turn');
    expect(() => reactor.callLater(0, () => ran.push('timed'))).toThrow('no turn');
    let turn: (() => void) | undefined;
    reactor.hook = (asked) => {
      turn = asked;
      return () => undefined;
    };
    reactor.callSoon(() => ran.push('queued later'));
    turn?.();
    expect(ran).toEqual(['queued', 'queued later', 'timed']);
    reactor.crash();
    await ended;
  });

  it('C31: a cancel that throws is reported, and the run still ends', async () => {
    const heard: unknown[] = [];
    const reactor = new Hooked({ onError: (error, source) => heard.push((error as Error).message, source.name) });
    const ended = reactor.run();
    reactor.hook = () => fail;
    reactor.callLater(5, () => undefined);
    reactor.callSoon(() => undefined);
    reactor.crash();
    expect((await ended).reason.kind).toBe('crash');
    expect(heard).toEqual(['no turn', 'requestTurn', 'no turn', 'setWakeup']);
  });

  it('C22: a limit whose wakeup fails is reported, and the firing goes on', async () => {
    const heard: unknown[] = [];
    const reactor = new Hooked({ onError: (error, source) => heard.push((error as Error).message, source.name) });
    reactor.hook = fail;
    reactor.on('job', () => Promise.resolve());
    const report = await reactor.fire('job', undefined, { limits: { during: 10 } });
    expect([report.errors, heard.slice(0, 2)]).toEqual([[], ['no turn', 'turn request']]);
  });
});
