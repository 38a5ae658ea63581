import { type ReactorBase, every, sleep } from '@triphase/core';
import { hostGlobals } from '../../host-globals.ts';
import { countingHost } from '../counting-host.ts';
import { CountingSignal } from '../counting-signal.ts';
import type { Kit } from '../kit.ts';
import { nextTurn, runThrough, start } from '../running.ts';
import { rejectionOf } from '../thrown.ts';
import { HOUR, delay, delayElsewhere, settle } from '../time.ts';

/** At the end of a run nothing of it is left in the host: C24, C26, C30, C31. */
export function release(kit: Kit): void {
  const { expect } = kit;

  /** Leaves calls of every kind that are not over when the run ends. */
  const leaveCalls = (reactor: ReactorBase): void => {
    reactor.callLater(HOUR, () => undefined);
    reactor.callLater(0, () => undefined);
    reactor.callSoon(() => undefined);
    sleep(reactor, HOUR).catch(() => undefined);
    every(reactor, 1, () => undefined);
  };

  kit.it('C30', 'nothing is pending in the host once run() has settled, whatever work was left', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    await runThrough(reactor, async () => {
      await delay(reactor, 1);
      leaveCalls(reactor);
    });
    expect(host.outstanding).toBe(0);
  });

  kit.it('C30', 'a stopped reactor makes no host call, whatever is queued', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    await runThrough(reactor, () => undefined);
    reactor.callSoon(() => undefined);
    reactor.callLater(1, () => undefined);
    const { calls } = host;
    await delayElsewhere(kit, 5);
    expect(host.calls).toBe(calls);
    expect(host.outstanding).toBe(0);
  });

  kit.it('C31', 'nothing is pending in the host after a crash', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    const { ended } = await start(reactor);
    leaveCalls(reactor);
    await nextTurn(reactor);
    await settle();
    reactor.callSoon(() => undefined);
    reactor.crash();
    await ended;
    expect(host.outstanding).toBe(0);
  });

  kit.it('C26', 'nothing is pending in the host after a failed start', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record, onError: () => undefined });
    reactor.once('startup', {
      before: () => {
        leaveCalls(reactor);
        throw new Error('no start');
      },
    });
    await rejectionOf(reactor.run());
    expect(host.outstanding).toBe(0);
  });

  kit.it('C24', 'a run that its signal ends leaves no listener on it', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    const ended = reactor.run({ signal });
    expect(signal.listeners).toBe(1);
    signal.abort('enough');
    expect((await ended).reason).toEqual({ kind: 'abort', cause: 'enough' });
    expect(signal.listeners).toBe(0);
  });

  kit.it('C30', 'a run leaves no listener on the process', async () => {
    const before = processListeners();
    await runThrough(kit.create(), () => undefined);
    expect(processListeners()).toEqual(before);
  });
}

/** The number of listeners for each event of the process. Empty on a host without `process`. */
function processListeners(): Readonly<Record<string, number>> {
  const { process } = hostGlobals;
  const names = process?.eventNames?.() ?? [];
  return Object.fromEntries(names.map((name) => [String(name), process?.listenerCount?.(name) ?? 0]));
}
