import { describe, expect, it } from '@jest/globals';
import { settled } from './hand-turned-reactor.ts';
import { HELD, RELEASED, HostedReactor } from './hosted-reactor.ts';
import { never } from './never.ts';

describe('the deadline of shutdown', () => {
  it('C29: counts from stop, for what pends in startup and for shutdown together', async () => {
    const reactor = new HostedReactor({}, { limits: { shutdown: { deadline: 50 } }, onError: () => undefined });
    let release: () => void = () => undefined;
    reactor.on('startup', { before: () => new Promise<void>((resolve) => (release = resolve)) });
    const calls: string[] = [];
    reactor.on('shutdown', {
      before: () => {
        calls.push('before shutdown');
        return new Promise(() => undefined);
      },
      during: () => calls.push('during shutdown'),
    });
    const ended = reactor.run();
    reactor.advance(1_000);
    void reactor.stop();
    reactor.advance(40);
    release();
    await settled();
    reactor.pump();
    reactor.advance(9);
    expect(calls).toEqual(['before shutdown']);
    reactor.advance(1);
    expect(calls).toEqual(['before shutdown', 'during shutdown']);
    const { startup, shutdown } = await ended;
    expect([startup.abandoned, shutdown?.escalated]).toEqual([[], true]);
    expect(shutdown?.abandoned.map(({ age }) => age)).toEqual([10]);
  });

  it('C29: when it passes while startup pends, startup is abandoned, and shutdown waits for nothing', async () => {
    const reactor = new HostedReactor({}, { limits: { shutdown: { deadline: 50 } }, onError: () => undefined });
    reactor.on('startup', { before: never });
    reactor.on('shutdown', { before: never, after: () => reactor.journal.push('after shutdown') });
    const ended = reactor.run();
    void reactor.stop();
    reactor.advance(49);
    expect(reactor.state).toBe('stopping');
    reactor.advance(1);
    reactor.advance(1);
    const { startup, shutdown } = await ended;
    expect([startup.escalated, startup.abandoned.length, shutdown?.escalated]).toEqual([true, 1, true]);
    expect(reactor.journal).toEqual([...HELD, 'after shutdown', ...RELEASED]);
  });

  it('C22: core sets no limits of its own', async () => {
    const reactor = new HostedReactor();
    const releases: (() => void)[] = [];
    const pend = (): Promise<void> => new Promise((resolve) => releases.push(resolve));
    reactor.on('startup', { before: pend });
    reactor.on('shutdown', { before: pend });
    const ended = reactor.run();
    reactor.advance(1e12);
    expect(reactor.state).toBe('starting');
    releases.shift()?.();
    await settled();
    void reactor.stop();
    reactor.pump();
    reactor.advance(1e12);
    expect(reactor.state).toBe('stopping');
    releases.shift()?.();
    expect((await ended).errors).toEqual([]);
  });
});
