import { describe, expect, it } from '@jest/globals';
import { HELD, RELEASED, HostedReactor } from './hosted-reactor.ts';

describe('a start that the host holds', () => {
  it('C25: a host may hold the start: startup is fired once, when the host releases it', async () => {
    let start: () => void = () => undefined;
    const reactor = new HostedReactor({ attachHost: (control) => (start = control.holdStart()) });
    const calls: string[] = [];
    reactor.on('startup', { before: () => calls.push('before'), after: () => calls.push('after') });
    void reactor.run();
    reactor.callSoon(() => calls.push('a turn'));
    reactor.pump();
    expect([calls, reactor.state, reactor.running]).toEqual([['a turn'], 'starting', false]);
    start();
    start();
    expect([calls, reactor.state]).toEqual([['a turn', 'before', 'after'], 'running']);
    expect((await reactor.startupReport)?.counts).toEqual({ before: 1, during: 0, after: 1 });
  });

  it('C25: a start that is released while the host is being attached is not held', () => {
    const reactor = new HostedReactor({
      attachHost: (control) => {
        control.holdStart()();
      },
    });
    void reactor.run();
    expect(reactor.state).toBe('running');
  });

  it.each<{ readonly name: string; readonly end: (reactor: HostedReactor) => void; readonly kind: string }>([
    { name: 'a stop', end: (reactor) => void reactor.stop(), kind: 'stop' },
    { name: 'a stop of the host', end: (reactor) => reactor.control.stop({ kind: 'stop' }), kind: 'stop' },
    { name: 'an escalation', end: (reactor) => reactor.escalate(), kind: 'stop' },
    {
      name: 'a terminal shutdown',
      end: ({ control }) => control.fire('shutdown', { kind: 'unload' }, { terminal: true }),
      kind: 'unload',
    },
    { name: 'a crash', end: (reactor) => reactor.crash(), kind: 'crash' },
  ])('C29, C31: $name does not wait for a start that is held', async ({ end, kind }) => {
    let start: () => void = () => undefined;
    const reactor = new HostedReactor({ attachHost: (control) => (start = control.holdStart()) });
    const calls: string[] = [];
    reactor.on('startup', { before: () => calls.push('startup') });
    reactor.on('shutdown', () => calls.push('shutdown'));
    const ended = reactor.run();
    end(reactor);
    reactor.pump();
    const { reason, startup } = await ended;
    expect([reason.kind, startup.counts.before]).toEqual([kind, 0]);
    expect(calls).toEqual(kind === 'crash' ? [] : ['shutdown']);
    start(); // too late
    expect(calls.includes('startup')).toBe(false);
    expect((await reactor.startupReport)?.counts.before ?? 0).toBe(0);
    expect(reactor.journal).toEqual([...HELD, ...RELEASED]);
  });

  it('N7: with stopWaits a stop waits, too: nothing starts, and shutdown fires when the host releases it', async () => {
    let start: () => void = () => undefined;
    const reactor = new HostedReactor({ attachHost: (control) => (start = control.holdStart({ stopWaits: true })) });
    const calls: string[] = [];
    reactor.on('startup', { before: () => calls.push('startup') });
    const ended = reactor.run();
    void reactor.stop();
    reactor.pump();
    expect([reactor.signal.aborted, calls]).toEqual([true, []]);
    // What is registered meanwhile is part of this run.
    reactor.use({ name: 'late', startup: { before: () => calls.push('late') } });
    reactor.on('shutdown', () => calls.push('shutdown'));
    start();
    reactor.pump();
    expect([(await ended).reason.kind, calls]).toEqual(['stop', ['shutdown']]);
  });

  it.each<{ readonly name: string; readonly end: (reactor: HostedReactor) => void }>([
    { name: 'the limit of before shutdown', end: (reactor) => reactor.advance(50) },
    { name: 'an escalation', end: (reactor) => reactor.escalate() },
    { name: 'a crash', end: (reactor) => reactor.crash() },
    {
      name: 'a terminal shutdown',
      end: ({ control }) => control.fire('shutdown', { kind: 'unload' }, { terminal: true }),
    },
  ])('N7: a stop that waits for the host ends with $name', async ({ end }) => {
    const reactor = new HostedReactor(
      { attachHost: (control) => control.holdStart({ stopWaits: true }) },
      { limits: { shutdown: { before: 50 } } },
    );
    const ended = reactor.run();
    void reactor.stop();
    reactor.pump();
    expect(reactor.state).toBe('stopping');
    end(reactor);
    reactor.pump();
    expect((await ended).startup.counts).toEqual({ before: 0, during: 0, after: 0 });
  });

  it('C31: a start that was held when the reactor crashed does not start the next run', async () => {
    const starts: (() => void)[] = [];
    const reactor = new HostedReactor({ attachHost: (control) => starts.push(control.holdStart()) });
    const first = reactor.run();
    reactor.crash();
    await first;
    void reactor.run();
    starts[0]!();
    expect(reactor.state).toBe('starting');
    starts[1]!();
    expect(reactor.state).toBe('running');
  });

  it('C29: a host that stops while it is attached, and holds the start, starts nothing', async () => {
    const reactor = new HostedReactor({
      attachHost: (control) => {
        control.holdStart();
        control.stop({ kind: 'early' });
      },
    });
    const calls: string[] = [];
    reactor.on('startup', { before: () => calls.push('startup') });
    const ended = reactor.run();
    reactor.pump();
    expect([(await ended).reason.kind, calls]).toEqual(['early', []]);
  });
});
