import { describe, expect, it } from '@jest/globals';
import { ReactorAlreadyRunningError } from '@triphase/core';
import { settled } from './hand-turned-reactor.ts';
import { HELD, RELEASED, HostedReactor } from './hosted-reactor.ts';

describe('a stop, an escalation or a crash inside another end of the run', () => {
  it.each(['stop', 'escalate'] as const)(
    'C29, C31: %s() after a crash in the same turn cuts the start, and the run still ends with the crash',
    async (action) => {
      const reactor = new HostedReactor();
      let fulfil: () => void = () => undefined;
      reactor.once('startup', { before: () => ({ then: (resolve: () => void) => (fulfil = resolve) }) });
      for (const event of ['startup', 'shutdown'] as const) reactor.on(event, () => reactor.journal.push(event));
      const ended = reactor.run();
      reactor.callSoon(() => {
        reactor.crash();
        void reactor[action]();
        fulfil();
      });
      reactor.pump();
      const { reason, shutdown } = await ended;
      expect([reason.kind, shutdown, reactor.state]).toEqual(['crash', undefined, 'idle']);
      expect(reactor.journal).toEqual([...HELD, ...RELEASED]);
    },
  );

  it.each(['stop', 'escalate'] as const)(
    'C31: a crash after %s() in the same turn fires nothing more and ends the run',
    async (action) => {
      const reactor = new HostedReactor();
      reactor.on('shutdown', () => reactor.journal.push('shutdown'));
      const ended = reactor.run();
      reactor.callSoon(() => {
        void reactor[action]();
        reactor.crash();
      });
      reactor.pump();
      expect([(await ended).reason.kind, reactor.state]).toEqual(['crash', 'idle']);
      expect(reactor.journal.filter((line) => line === 'shutdown').length).toBe(action === 'stop' ? 0 : 1);
    },
  );

  it('C31: crash in the synchronous part of startup, outside of a turn, starts nothing more', async () => {
    const reactor = new HostedReactor();
    const calls: string[] = [];
    reactor.on('startup', {
      before: () => {
        calls.push('before');
        reactor.crash();
      },
      during: () => calls.push('during'),
    });
    reactor.on('startup', { before: () => calls.push('sibling') });
    const { reason } = await reactor.run();
    expect([reason.kind, calls, reactor.state]).toEqual(['crash', ['before'], 'idle']);
    expect(reactor.journal).toEqual([...HELD, ...RELEASED]);
  });

  it('C31: a crash in an abort listener of a firing that the end of the run abandons ends the run once', async () => {
    const reactor = new HostedReactor({}, { onError: () => undefined });
    reactor.on('event', ({ signal }: { readonly signal: AbortSignal }) => {
      signal.addEventListener('abort', () => {
        reactor.crash();
      });
      return new Promise(() => undefined);
    });
    const ended = reactor.run();
    const firing = reactor.fire('event');
    void reactor.stop();
    reactor.pump();
    const [{ reason }, { abandoned }] = await Promise.all([ended, firing]);
    expect([reason.kind, reactor.state, abandoned.length]).toEqual(['crash', 'idle', 1]);
    expect(reactor.journal).toEqual([...HELD, ...RELEASED]);
  });

  it('C31: run() in an abort listener of a crash throws; after the crash the next run works', async () => {
    const reactor = new HostedReactor();
    const thrown: unknown[] = [];
    const first = reactor.run();
    reactor.signal.addEventListener('abort', () => {
      try {
        void reactor.run();
      } catch (error) {
        thrown.push(error);
      }
    });
    reactor.crash();
    expect(thrown.map((error) => error instanceof ReactorAlreadyRunningError)).toEqual([true]);
    expect((await first).reason.kind).toBe('crash');
    const second = reactor.run();
    const ran: Promise<void> = new Promise((resolve) => {
      reactor.callSoon(resolve);
    });
    reactor.pump();
    await ran;
    void reactor.stop();
    reactor.pump();
    expect((await second).reason.kind).toBe('stop');
  });

  it.each(['stop', 'escalate', 'crash'] as const)(
    'C54: %s() in an abort listener of the signal acts on the stop under way',
    async (action) => {
      const reactor = new HostedReactor();
      reactor.signal.addEventListener('abort', () => {
        if (action === 'stop') void reactor.stop({ kind: 'second' });
        else reactor[action]();
      });
      const ended = reactor.run();
      void reactor.stop({ kind: 'first' });
      reactor.pump();
      await settled();
      expect((await ended).reason.kind).toBe(action === 'crash' ? 'crash' : 'first');
      expect(reactor.journal).toEqual([...HELD, ...RELEASED]);
    },
  );
});

describe('a trigger that crashes the reactor', () => {
  it('C31: a trigger that crashes the reactor before it returns a promise is abandoned, and its signal aborts', async () => {
    const reactor = new HostedReactor();
    const ended = reactor.run();
    let aborted: (() => boolean) | undefined;
    reactor.on('job', ({ signal }) => {
      aborted = () => signal.aborted;
      reactor.crash();
      return new Promise(() => undefined);
    });
    const { abandoned } = await reactor.fire('job');
    await ended;
    expect([abandoned.length, aborted?.()]).toEqual([1, true]);
  });
});
