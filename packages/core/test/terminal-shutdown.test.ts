import { describe, expect, it } from '@jest/globals';
import { HostedReactor } from './hosted-reactor.ts';
import { type PageEvents, hops } from './page-events.ts';
import { never } from './never.ts';

describe('a terminal shutdown', () => {
  it.each([
    { name: 'a trigger of 10 awaits', pend: () => hops(10), ends: ['hidden ends', 'shutdown'] },
    { name: 'a trigger that never ends', pend: never, ends: ['shutdown'] },
  ] as const)(
    'C32: waits for the grace of a terminal event before it, and no longer ($name)',
    async ({ pend, ends }) => {
      const reactor: HostedReactor<PageEvents> = new HostedReactor();
      const calls: string[] = [];
      reactor.on('hidden', async () => {
        await pend();
        calls.push('hidden ends');
      });
      reactor.on('shutdown', () => calls.push('shutdown'));
      const ended = reactor.run();
      reactor.control.fire('hidden', '1', { terminal: true });
      reactor.control.fire('shutdown', { kind: 'pagehide' }, { terminal: true });
      expect(calls).toEqual([]);
      await hops(200);
      expect([calls, reactor.state]).toEqual([ends, 'stopped']);
      expect((await ended).reason.kind).toBe('pagehide');
    },
  );

  it('C32: fires now, without a turn, and gives each phase its grace', async () => {
    const reactor: HostedReactor<PageEvents> = new HostedReactor();
    const calls: string[] = [];
    reactor.on('shutdown', {
      before: async ({ terminal }) => {
        calls.push(`before, terminal ${String(terminal)}`);
        await hops(10);
        calls.push('before ends');
      },
      during: never,
      after: () => calls.push('after'),
    });
    const ended = reactor.run();
    reactor.callSoon(() => calls.push('never called'));
    reactor.control.fire('shutdown', { kind: 'pagehide' }, { terminal: true });
    expect(calls).toEqual(['before, terminal true']);
    const { reason, shutdown, left } = await ended;
    expect(calls).toEqual(['before, terminal true', 'before ends', 'after']);
    expect([reason, left.queued]).toEqual([{ kind: 'pagehide' }, 1]);
    expect([shutdown?.escalated, shutdown?.abandoned.map(({ phase }) => phase)]).toEqual([true, ['during']]);
  });

  it('C32: while startup pends, abandons startup and fires inside the call', async () => {
    const reactor: HostedReactor<PageEvents> = new HostedReactor();
    const calls: string[] = [];
    reactor.on('startup', { before: never, during: () => calls.push('during startup') });
    reactor.on('shutdown', () => calls.push('shutdown'));
    const ended = reactor.run();
    reactor.control.fire('shutdown', { kind: 'pagehide' }, { terminal: true });
    expect(calls).toEqual(['shutdown']);
    const { startup, reason } = await ended;
    expect([startup.escalated, startup.abandoned.length, reason.kind]).toEqual([true, 1, 'pagehide']);
  });

  it('C32: escalates a shutdown that is under way, which keeps its reason', async () => {
    const reactor: HostedReactor<PageEvents> = new HostedReactor();
    const calls: string[] = [];
    reactor.on('shutdown', { before: never, after: () => calls.push('after') });
    const ended = reactor.run();
    void reactor.stop({ kind: 'signal' });
    reactor.pump();
    reactor.control.fire('shutdown', { kind: 'pagehide' }, { terminal: true });
    expect(calls).toEqual(['after']);
    expect((await ended).reason.kind).toBe('signal');
  });
});
