import { describe, expect, it } from '@jest/globals';
import { HELD, RELEASED, HostedReactor } from './hosted-reactor.ts';

describe('a host that fails', () => {
  it('C1: attachHost crashes the reactor: run() settles, the reactor is idle, and can be run', async () => {
    let crashes = 0;
    const reactor = new HostedReactor({
      attachHost: () => {
        if (crashes++ === 0) reactor.crash();
      },
    });
    const { reason, startup } = await reactor.run();
    expect([reason.kind, startup.counts.before, reactor.state]).toEqual(['crash', 0, 'idle']);
    expect(reactor.journal).toEqual([...HELD, ...RELEASED]);
    void reactor.run();
    expect(reactor.state).toBe('running');
  });

  it('C1: attachHost stops the reactor and throws: run() throws that, and the promise of the stop rejects with it', async () => {
    const error = new Error('no signals here');
    let stopped: Promise<unknown> | undefined;
    const reactor = new HostedReactor({
      attachHost: () => {
        stopped = reactor.stop();
        throw error;
      },
    });
    expect(() => reactor.run()).toThrow(error);
    await expect(stopped).rejects.toBe(error);
    expect([reactor.state, reactor.signal.aborted]).toEqual(['idle', false]);
  });

  it.each<{ readonly name: string; readonly hooks: object }>([
    {
      name: 'requestTurn calls its turn at once',
      hooks: { requestTurn: (turn: () => void) => (turn(), () => undefined) },
    },
    { name: 'requestTurn returns no function', hooks: { requestTurn: () => undefined } },
    { name: 'attachHost returns no Disposable', hooks: { attachHost: () => ({}) } },
    { name: 'acquireKeepAlive returns no Disposable', hooks: { acquireKeepAlive: () => null } },
  ])('C1: $name: run() throws a TypeError, the reactor is idle, and nothing is held', ({ hooks }) => {
    const reactor = Object.assign(new HostedReactor({}, { limits: { startup: { during: 10 } } }), hooks);
    let signal: AbortSignal | undefined;
    reactor.once('startup', (context) => {
      signal = context.signal;
      return new Promise(() => undefined);
    });
    // A call that is queued before run() makes run() itself request a turn.
    if ('requestTurn' in hooks) reactor.callSoon(() => undefined);
    expect(() => reactor.run()).toThrow(TypeError);
    const [held, released] = ['held', 'released'].map((end) => reactor.journal.filter((line) => line.endsWith(end)));
    expect([reactor.state, reactor.isFiring('startup')]).toEqual(['idle', false]);
    expect(held!.length).toBe(released!.length);
    expect(signal?.aborted ?? true).toBe(true);
  });

  it('C28: when requestTurn fails, stop() throws and stops nothing; escalate() works without a turn', async () => {
    const reactor = new HostedReactor();
    const ended = reactor.run();
    Object.assign(reactor, { requestTurn: () => undefined });
    expect(() => reactor.stop()).toThrow(TypeError);
    expect([reactor.state, reactor.signal.aborted]).toEqual(['running', false]);
    reactor.escalate({ kind: 'now' });
    expect((await ended).reason.kind).toBe('now');
  });

  it('C28: a host that stops giving turns while startup pends does not hold the stop', async () => {
    const reported: string[] = [];
    const reactor = new HostedReactor({}, { onError: (_error, { name }) => reported.push(name) });
    let settle: () => void = () => undefined;
    reactor.once('startup', () => new Promise<void>((resolve) => (settle = resolve)));
    const ended = reactor.run();
    void reactor.stop();
    Object.assign(reactor, { requestTurn: () => undefined });
    settle();
    expect((await ended).reason.kind).toBe('stop');
    expect(reported).toEqual(['turn request']);
  });

  it.each([null, 0, 'SIGTERM'])(
    'C28: stop and escalate with the reason %p throw a TypeError, and stop nothing',
    (reason) => {
      const reactor = new HostedReactor();
      void reactor.run();
      expect(() => reactor.stop(reason as never)).toThrow(TypeError);
      expect(() => {
        reactor.escalate(reason as never);
      }).toThrow(TypeError);
      expect(reactor.state).toBe('running');
    },
  );
});
