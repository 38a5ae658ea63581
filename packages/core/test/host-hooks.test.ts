import { describe, expect, it } from '@jest/globals';
import { ReactorNotRunningError, sleep, StartupFailedError, type HostControl } from '@triphase/core';
import { HELD, RELEASED, HostedReactor } from './hosted-reactor.ts';

describe('the hooks of a host', () => {
  it('C25: run() acquires the keep-alive, attaches the host, then fires startup; the end of the run releases both', async () => {
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

  it('C26: a host that cannot start fails the start: no phase of startup begins, shutdown fires, run() rejects', async () => {
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

  it('C1: when acquireKeepAlive throws, run() throws the same, the state is idle and nothing is held', () => {
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

  it('C1: when attachHost throws, run() throws the same, the keep-alive is released and no trigger has run', () => {
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

  it.each(['a crash', 'a failed start', 'an escalation'])('C30: the host is released after %s, too', async (end) => {
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

  it('C1: the methods of HostControl never throw: before the run, while it stops, and after it', async () => {
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

  it('C1: the HostControl of one run has no effect on the next run', async () => {
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

  it('C1: an error that a host reports goes to onError, and is counted', () => {
    const reported: unknown[] = [];
    const reactor = new HostedReactor({}, { onError: (...heard) => reported.push(heard) });
    void reactor.run();
    reactor.control.report('broken', { kind: 'host', name: 'frame' });
    expect([reported, reactor.stats().errors]).toEqual([[['broken', { kind: 'host', name: 'frame' }]], 1]);
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

  it('C30: an error while the host is released is reported, and the run still ends', async () => {
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
