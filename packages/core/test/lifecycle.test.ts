import { describe, expect, it } from '@jest/globals';

import {
  ReactorAlreadyRunningError,
  ReactorNotRestartableError,
  ReactorNotRunningError,
  sleep,
  StartupFailedError,
  type HostControl,
} from '@triphase/core';

import { settled } from './hand-turned-reactor.ts';
import { HostedReactor } from './hosted-reactor.ts';

const HELD = ['keep-alive held', 'host held'];
const RELEASED = ['host released', 'keep-alive released'];

describe('the hooks of a host', () => {
  it('C25: run takes the keep-alive, attaches the host, then fires startup; the end of the run gives both back', async () => {
    const reactor = new HostedReactor();
    for (const event of ['startup', 'shutdown'] as const) {
      reactor.on(event, {
        before: () => reactor.journal.push(`before ${event}`),
        after: () => reactor.journal.push(`after ${event}`),
      });
    }
    const ended = reactor.run();
    void reactor.stop();
    reactor.pump();
    await ended;
    expect(reactor.journal).toEqual([
      ...HELD,
      'before startup',
      'after startup',
      'before shutdown',
      'after shutdown',
      ...RELEASED,
    ]);
  });

  it('C26: a host that says it cannot start fails the start: no phase of it begins, shutdown fires, run rejects', async () => {
    const cause = new Error('no port');
    const reactor = new HostedReactor({
      attachHost: (control) => {
        control.stop({ kind: 'startup-failed', cause });
      },
    });
    for (const event of ['startup', 'shutdown'] as const) reactor.on(event, () => reactor.journal.push(event));
    const ended = reactor.run();
    reactor.pump();
    const error = await ended.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartupFailedError);
    expect((error as StartupFailedError).result.reason).toEqual({ kind: 'startup-failed', cause });
    expect(reactor.journal).toEqual([...HELD, 'shutdown', ...RELEASED]);
  });

  it('C31: a trigger that crashes the reactor before it returns a promise is left behind, its signal aborted', async () => {
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

  it('C1: when acquireKeepAlive throws, run throws it, the state is idle and nothing is held', () => {
    const error = new Error('no keep-alive');
    const reactor = new HostedReactor({
      acquireKeepAlive: () => {
        throw error;
      },
    });
    expect(() => reactor.run()).toThrow(error);
    expect([reactor.state, reactor.running, reactor.journal, reactor.turnRequested]).toEqual([
      'idle',
      false,
      [],
      false,
    ]);
    expect(() => reactor.stop()).toThrow(ReactorNotRunningError);
  });

  it('C1: when attachHost throws, run throws it, the keep-alive is given back and no trigger has run', () => {
    const error = new Error('no signals here');
    const reactor = new HostedReactor({
      attachHost: () => {
        throw error;
      },
    });
    reactor.on('startup', { before: () => reactor.journal.push('before startup') });
    reactor.callSoon(() => undefined);
    const controller = new AbortController();
    expect(() => reactor.run({ signal: controller.signal })).toThrow(error);
    expect(reactor.journal).toEqual(['keep-alive held', 'keep-alive released']);
    expect([reactor.state, reactor.running, reactor.turnRequested]).toEqual(['idle', false, false]);
    controller.abort();
    expect(reactor.state).toBe('idle');
  });

  it('C1: a reactor whose host failed once can be run once the host is there, with its triggers', async () => {
    let broken = true;
    const reactor = new HostedReactor({
      attachHost: () => {
        if (broken) throw new Error('not yet');
      },
    });
    reactor.once('startup', () => reactor.journal.push('during startup'));
    expect(() => reactor.run()).toThrow('not yet');
    broken = false;
    const ended = reactor.run();
    expect(reactor.state).toBe('running');
    void reactor.stop();
    reactor.pump();
    await ended;
    expect(reactor.journal).toEqual(['keep-alive held', 'keep-alive released', ...HELD, 'during startup', ...RELEASED]);
  });

  it('C1: a host that stops the reactor while it is attached: no phase of startup begins, shutdown fires', async () => {
    const reactor = new HostedReactor({
      attachHost: (control) => {
        control.stop({ kind: 'signal', signal: 'SIGTERM' });
      },
    });
    reactor.on('startup', { before: () => reactor.journal.push('before startup') });
    reactor.on('shutdown', () => reactor.journal.push('shutdown'));
    const ended = reactor.run();
    reactor.pump();
    expect((await ended).reason).toEqual({ kind: 'signal', signal: 'SIGTERM' });
    expect(reactor.journal).toEqual([...HELD, 'shutdown', ...RELEASED]);
  });

  it.each(['a crash', 'a failed start', 'an escalation'])('C30: the host is given back after %s, too', async (end) => {
    const reactor = new HostedReactor({}, { onError: () => undefined });
    if (end === 'a failed start') {
      reactor.on('startup', {
        before: () => {
          throw new Error('failed');
        },
      });
    }
    const ended = reactor.run();
    if (end === 'a crash') reactor.crash();
    if (end === 'an escalation') reactor.escalate();
    reactor.pump();
    await ended.catch((error: unknown) => {
      expect(error).toBeInstanceOf(StartupFailedError);
    });
    expect(reactor.journal).toEqual([...HELD, ...RELEASED]);
    expect(reactor.turnRequested).toBe(false);
  });

  it('C1: what the host is given never throws: before it runs, while it stops, and once the run is over', async () => {
    const controls: HostControl[] = [];
    const reactor = new HostedReactor({ attachHost: (control) => controls.push(control) });
    const useAll = (control: HostControl): void => {
      control.fire('hidden', undefined, { terminal: false });
      control.fire('hidden', undefined, { terminal: true });
      control.stop({ kind: 'late' });
      control.escalate({ kind: 'late' });
    };
    const fired: unknown[] = [];
    reactor.on('hidden', ({ terminal }: { readonly terminal: boolean }) => fired.push(terminal));
    const ended = reactor.run();
    void reactor.stop();
    reactor.on('shutdown', () => {
      useAll(controls[0]!);
    });
    reactor.pump();
    expect((await ended).reason).toEqual({ kind: 'stop' });
    expect(fired).toEqual([false, true]);
    useAll(controls[0]!);
    expect([fired.length, reactor.state]).toEqual([2, 'stopped']);
  });

  it('C1: what the host was given for one run does nothing to the next', async () => {
    const controls: HostControl[] = [];
    const reactor = new HostedReactor({ attachHost: (control) => controls.push(control) });
    const first = reactor.run();
    reactor.crash();
    await first;
    const second = reactor.run();
    controls[0]!.stop({ kind: 'stale' });
    controls[0]!.escalate({ kind: 'stale' });
    expect(reactor.state).toBe('running');
    controls[1]!.stop({ kind: 'fresh' });
    reactor.pump();
    expect((await second).reason).toEqual({ kind: 'fresh' });
  });

  it('C1: what a host reports goes to onError like any other error, and is counted', () => {
    const reported: unknown[] = [];
    const reactor = new HostedReactor({}, { onError: (...heard) => reported.push(heard) });
    void reactor.run();
    reactor.control.report('broken', { kind: 'host', name: 'frame' });
    expect([reported, reactor.stats().errors]).toEqual([[['broken', { kind: 'host', name: 'frame' }]], 1]);
  });

  it('C25: a host may hold the start: startup is fired when it lets go, and once', async () => {
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

  it('C25: a start that is let go while the host is being attached was never held', () => {
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

  it('N7: a host may have a stop wait too: nothing starts, and shutdown fires once it lets go', async () => {
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

  it('N20: a host can ask whether a trigger is registered', () => {
    const reactor = new HostedReactor();
    void reactor.run();
    const { control } = reactor;
    expect(control.hasTriggers('reload')).toBe(false);
    const handle = reactor.on('reload', { after: () => undefined });
    expect(control.hasTriggers('reload')).toBe(true);
    handle.remove();
    expect(control.hasTriggers('reload')).toBe(false);
  });

  it('N24: a host can end the sleeps that are under way; plain calls and later sleeps stay', async () => {
    const reactor = new HostedReactor();
    const ended = reactor.run();
    const calls: string[] = [];
    const slept = sleep(reactor, 10);
    reactor.callLater(10, () => calls.push('call'));
    void reactor.stop();
    reactor.control.endSleeps();
    reactor.on('shutdown', () => sleep(reactor, 10));
    await expect(slept).rejects.toThrow('The reactor stops before this call was due');
    reactor.pump();
    reactor.advance(10);
    await ended;
    expect(calls).toEqual(['call']);
    reactor.control.endSleeps(); // too late, and no error
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

  it('C30: a host that cannot be given back is reported, and the run ends all the same', async () => {
    const sources: string[] = [];
    class StuckReactor extends HostedReactor {
      protected override attachHost(): Disposable {
        return {
          [Symbol.dispose]: () => {
            throw new Error('stuck');
          },
        };
      }
    }
    const reactor = new StuckReactor({}, { onError: (error, { kind }) => sources.push(`${kind}: ${String(error)}`) });
    const ended = reactor.run();
    void reactor.stop();
    reactor.pump();
    await ended;
    expect(sources).toEqual(['host: Error: stuck']);
    expect(reactor.journal).toEqual(['keep-alive held', 'keep-alive released']);
  });
});

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
    // Asked for before run(), which then is the one to ask the host.
    if ('requestTurn' in hooks) reactor.callSoon(() => undefined);
    expect(() => reactor.run()).toThrow(TypeError);
    const [held, released] = ['held', 'released'].map((end) => reactor.journal.filter((line) => line.endsWith(end)));
    expect([reactor.state, reactor.isFiring('startup')]).toEqual(['idle', false]);
    expect(held!.length).toBe(released!.length);
    expect(signal?.aborted ?? true).toBe(true);
  });

  it('C28: a host that stops giving turns: stop() throws that and nothing is stopped; escalate() needs none', async () => {
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

describe('a reactor asked to end by what hears of its end', () => {
  it.each(['stop', 'escalate'] as const)(
    'C29, C31: %s in a turn that has crashed the reactor still cuts the start, and the crash still ends it',
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
    'C31: crash in a turn in which a stop is passed, or shutdown ends, fires nothing more and ends the run (%s)',
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

  it('C31: a crash from what hears of an abandoned firing at the end of the run leaves the run ended once', async () => {
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

  it('C31: run from what hears of a crash is refused until the crash is over, and the next run is whole', async () => {
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
    'C54: a listener of the signal that stops again, escalates or crashes does so to the stop under way (%s)',
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

  it('C29: what pends in startup is left behind as it passes, and shutdown then waits for nothing', async () => {
    const reactor = new HostedReactor({}, { limits: { shutdown: { deadline: 50 } }, onError: () => undefined });
    const never = (): Promise<never> => new Promise(() => undefined);
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

describe('what comes too late', () => {
  it('C24: run throws ReactorNotRestartableError also when shutdown is over and the end of the run abandons firings', async () => {
    const reactor = new HostedReactor();
    const thrown: unknown[] = [];
    reactor.on('event', ({ signal }) => {
      signal.addEventListener('abort', () => {
        try {
          void reactor.run();
        } catch (error) {
          thrown.push(error);
        }
      });
      return new Promise(() => undefined);
    });
    const ended = reactor.run();
    void reactor.fire('event');
    void reactor.stop();
    reactor.pump();
    await ended;
    expect(thrown).toEqual([expect.any(ReactorNotRestartableError)]);
  });

  it('C17: PhasePassedError says what to use instead', () => {
    const reactor = new HostedReactor();
    void reactor.run();
    expect(() => reactor.on('startup', () => undefined)).toThrow(/callWhenRunning/);
    reactor.on('shutdown', {
      during: () => {
        expect(() => reactor.once('shutdown', { before: () => undefined })).toThrow(/later phase/);
        reactor.journal.push('refused');
      },
    });
    void reactor.stop();
    reactor.pump();
    expect(reactor.journal).toContain('refused');
  });
});
