import { every, sleep } from '@triphase/core';
import type { ReactorBase } from '@triphase/core';
import { countHolders, hostGlobals } from '../host-globals.ts';
import { countingHost } from './counting-host.ts';
import { hostFunctions, otherFunctions, trapGlobals } from './global-traps.ts';
import { CountingSignal } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeThrownBy, deferred, nextTurn, rejectionOf, runThrough, settle, start } from './steps.ts';
import { passed, passedElsewhere, range, realPause } from './time.ts';

const HOUR = 3_600_000;

/** C2 to C5, and what C30, C31 and C26 say of the host: how little is asked of it, and that all of it is given back. */
export function host(kit: Kit): void {
  demands(kit);
  construction(kit);
  sideBySide(kit);
  givingBack(kit);
}

function demands(kit: Kit): void {
  const { expect } = kit;

  kit.it('C1', 'a turn that is asked for comes later, never inside the request, and once', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const ran: string[] = [];
      const called = deferred();
      reactor.callSoon(() => {
        ran.push('call');
        called.resolve();
      });
      expect(ran).toEqual([]);
      await called.promise;
      await settle();
      expect(ran).toEqual(['call']);
    });
  });

  kit.it(
    'C25',
    'a run holds the host alive from its beginning to its end',
    async () => {
      const host = countingHost();
      const reactor = kit.create({ host: host.record });
      const holders = (): number => countHolders() ?? host.outstanding;
      const before = holders();
      const { ended } = await start(reactor);
      await settle();
      // Read one right after the other: what others hold, such as the test runner, may change in between.
      const held = holders();
      reactor.crash();
      const released = holders();
      await ended;
      const again = reactor.run();
      const heldAgain = holders();
      reactor.crash();
      await again;
      if (held > released && heldAgain > released) return;
      throw new Error(
        `a run holds nothing of its host (before ${before}, while it ran ${held}, after ${released}): acquireKeepAlive() holds the host alive and returns what lets it go; for a host that has no such thing say capabilities: { keepAlive: false }`,
      );
    },
    { needs: 'keepAlive' },
  );

  kit.it('C2', 'a running reactor that has nothing to do makes no host call', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    await runThrough(reactor, async () => {
      await nextTurn(reactor);
      await settle();
      const { calls } = host;
      await realPause(60);
      expect(host.calls).toBe(calls);
    });
  });

  kit.it(
    'C2',
    'a call that is due in months costs no more than any other: its wakeup does not come at once',
    async () => {
      const host = countingHost();
      const reactor = kit.create({ host: host.record });
      await runThrough(reactor, async () => {
        reactor.callLater(2 ** 33, () => undefined);
        await nextTurn(reactor);
        await settle();
        const { calls } = host;
        await realPause(60);
        expect(host.calls).toBe(calls);
      });
    },
  );

  kit.it('C2', 'a reactor that was not started asks nothing of its host, whatever is queued', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    reactor.callSoon(() => undefined);
    reactor.callLater(1, () => undefined);
    const { calls } = host;
    await passedElsewhere(kit, 5);
    expect(host.calls).toBe(calls);
    expect(host.outstanding).toBe(0);
  });

  kit.it('C2', 'what is asked of the host does not grow with the work', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    await runThrough(reactor, async () => {
      for (const n of range(500)) {
        reactor.callSoon(() => undefined);
        reactor.callLater(n % 10, () => undefined);
      }
      await passed(reactor, 12);
    });
    // One turn and one wakeup; what holds the host alive and what a turn is made of come on top.
    expect(host.mostOutstanding <= 6).toBe(true);
  });

  kit.it('C2', 'the wakeup of a cancelled call comes once at most, and is not renewed', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    await runThrough(reactor, async () => {
      for (const ms of [4, 8, 12]) reactor.callLater(ms, () => undefined).cancel();
      await passedElsewhere(kit, 24);
      const { calls } = host;
      await realPause(60);
      expect(host.calls).toBe(calls);
    });
  });

  kit.it('C2', 'limits need no started reactor, and leave nothing in the host', async () => {
    const host = countingHost();
    const expired = deferred();
    const reactor = kit.create({
      host: host.record,
      onError: () => {
        expired.resolve();
      },
    });
    const ran: string[] = [];
    reactor.on('job', () => new Promise(() => undefined));
    reactor.callSoon(() => ran.push('queued'));
    const fired = reactor.fire('job', undefined, { limits: { during: 4 } });
    await expired.promise;
    expect((await fired).abandoned.length).toBe(1);
    await settle();
    expect(host.outstanding).toBe(0);
    expect(ran).toEqual([]);
  });

  kit.it('C2', 'a limit that was kept leaves no wakeup behind on a reactor that is not started', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    reactor.on('job', () => Promise.resolve(), { timeout: 3_000 });
    for (const limits of [{}, { during: 3_000 }, { deadline: 3_000 }]) {
      await reactor.fire('job', undefined, { limits });
      expect(host.outstanding).toBe(0);
    }
  });
}

function construction(kit: Kit): void {
  const { expect } = kit;

  kit.it('C3', 'constructing a reactor touches no timer, listener, clock or random source', () => {
    const traps = trapGlobals([...hostFunctions, ...otherFunctions], { forward: true });
    try {
      kit.create();
    } finally {
      traps.restore();
    }
    expect(traps.calls).toEqual([]);
  });

  kit.it('C3', 'constructing a reactor calls nothing of its host record', () => {
    const host = countingHost();
    kit.create({ host: host.record });
    expect(host.calls).toBe(0);
  });

  kit.it('C4', 'a reactor made before the host functions are replaced runs on the real ones', async () => {
    const reactor = kit.create();
    const traps = trapGlobals(hostFunctions, { forward: true });
    try {
      await runThrough(reactor, async () => {
        await nextTurn(reactor);
        reactor.callLater(HOUR, () => undefined).cancel(); // a wakeup is wanted, however slow this machine is
        await passed(reactor, 2);
      });
    } finally {
      traps.restore();
    }
    expect(traps.calls).toEqual([]);
  });

  kit.it('C4', 'a reactor made while the host functions are replaced never touches the real ones', async () => {
    const fakes = trapGlobals(hostFunctions, { forward: false });
    let reactor: ReactorBase;
    try {
      reactor = kit.create();
    } finally {
      fakes.restore();
    }
    const traps = trapGlobals(hostFunctions, { forward: true });
    try {
      void reactor.run();
      reactor.callLater(2, () => undefined); // first: a reactor that waits for a turn wants no wakeup
      reactor.callSoon(() => undefined);
      await realPause(10);
      if (reactor.state !== 'idle') reactor.crash();
    } finally {
      traps.restore();
    }
    expect(traps.calls).toEqual([]);
  });

  kit.it('C4', 'host functions are taken in the constructor: changing the record later changes nothing', async () => {
    const host = countingHost();
    const record: Record<string, unknown> = { ...host.record };
    const reactor = kit.create({ host: record });
    for (const name of Object.keys(record)) {
      record[name] = () => {
        throw new Error(`${name} was taken too late`);
      };
    }
    await runThrough(reactor, async () => {
      await nextTurn(reactor);
      await passed(reactor, 2);
    });
  });
}

function sideBySide(kit: Kit): void {
  const { expect } = kit;

  kit.it('C5', 'reactors run side by side, each with its own events, calls and life', async () => {
    const [one, other] = [kit.create(), kit.create()];
    const heard: string[] = [];
    one.on('job', () => heard.push('one'));
    other.on('job', () => heard.push('other'));
    await Promise.all([start(one), start(other)]);
    await one.fire('job');
    await Promise.all([passed(one, 2), passed(other, 1)]);
    await one.stop();
    expect(one.state).toBe('stopped');
    expect(other.state).toBe('running');
    await other.fire('job');
    await passed(other, 1);
    expect(heard).toEqual(['one', 'other']);
    await other.stop();
  });

  kit.it('C5', 'what is asked of a reactor that was not started is not done by the turns of another', async () => {
    const [idle, other] = [kit.create(), kit.create()];
    const ran: string[] = [];
    idle.callSoon(() => ran.push('queued'));
    idle.callLater(0, () => ran.push('timed'));
    await runThrough(other, async () => {
      await nextTurn(other);
      await passed(other, 2);
    });
    expect(ran).toEqual([]);
    expect([idle.stats().turns, idle.getDelayedCalls().length]).toEqual([0, 1]);
    idle.iterate();
    expect(ran).toEqual(['queued', 'timed']);
  });

  kit.it('C5', 'a reactor can be run and stopped from a call of another', async () => {
    const [outer, inner] = [kit.create(), kit.create()];
    await runThrough(outer, async () => {
      const over = deferred();
      outer.callSoon(() => {
        void inner.run().then(() => {
          over.resolve();
        });
        inner.callSoon(() => {
          outer.callSoon(() => void inner.stop());
        });
      });
      await over.promise;
    });
    expect(inner.state).toBe('stopped');
  });

  kit.it('C5', 'a call may be queued on another reactor, and runs in its turn', async () => {
    const [one, other] = [kit.create(), kit.create()];
    await Promise.all([start(one), start(other)]);
    const order: string[] = [];
    const over = deferred();
    one.callSoon(() => {
      other.callSoon(() => {
        order.push('in the other');
        over.resolve();
      });
      order.push('in the one');
    });
    await over.promise;
    expect(order).toEqual(['in the one', 'in the other']);
    await Promise.all([one.stop(), other.stop()]);
  });

  kit.it('C5', 'the handle of one reactor is unknown to another', () => {
    const [one, other] = [kit.create(), kit.create()];
    const ran: string[] = [];
    const handle = one.on('job', () => ran.push('job'));
    other.on('job', () => undefined);
    const code = codeThrownBy(() => {
      other.removeSystemEventTrigger(handle);
    });
    expect(code).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
    void one.fire('job');
    expect(ran).toEqual(['job']);
  });

  kit.it('C5', 'a turn of one reactor may make a turn of another by hand', () => {
    const [one, other] = [kit.create(), kit.create()];
    const ran: string[] = [];
    other.callSoon(() => ran.push('inner'));
    one.callSoon(() => {
      other.iterate();
      ran.push('outer');
    });
    one.iterate();
    expect(ran).toEqual(['inner', 'outer']);
  });
}

function givingBack(kit: Kit): void {
  const { expect } = kit;

  /** Work of every kind that is not over when the run ends. */
  const leaveWork = (reactor: ReactorBase): void => {
    reactor.callLater(HOUR, () => undefined);
    reactor.callLater(0, () => undefined);
    reactor.callSoon(() => undefined);
    sleep(reactor, HOUR).catch(() => undefined);
    every(reactor, 1, () => undefined);
  };

  kit.it('C30', 'nothing is outstanding in the host once run() has settled, whatever was left', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    await runThrough(reactor, async () => {
      await passed(reactor, 1);
      leaveWork(reactor);
    });
    expect(host.outstanding).toBe(0);
  });

  kit.it('C30', 'a stopped reactor makes no host call, whatever is asked of it', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    await runThrough(reactor, () => undefined);
    reactor.callSoon(() => undefined);
    reactor.callLater(1, () => undefined);
    const { calls } = host;
    await passedElsewhere(kit, 5);
    expect(host.calls).toBe(calls);
    expect(host.outstanding).toBe(0);
  });

  kit.it('C31', 'nothing is outstanding in the host after a crash', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record });
    const { ended } = await start(reactor);
    leaveWork(reactor);
    await nextTurn(reactor);
    await settle();
    reactor.callSoon(() => undefined);
    reactor.crash();
    await ended;
    expect(host.outstanding).toBe(0);
  });

  kit.it('C26', 'nothing is outstanding in the host after a start that failed', async () => {
    const host = countingHost();
    const reactor = kit.create({ host: host.record, onError: () => undefined });
    reactor.once('startup', {
      before: () => {
        leaveWork(reactor);
        throw new Error('no start');
      },
    });
    await rejectionOf(reactor.run());
    expect(host.outstanding).toBe(0);
  });

  kit.it('C24', 'a run leaves no listener on its signal', async () => {
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

/** How many listeners there are for each event of the process; nothing where there is no process. */
function processListeners(): Readonly<Record<string, number>> {
  const { process } = hostGlobals;
  const names = process?.eventNames?.() ?? [];
  return Object.fromEntries(names.map((name) => [String(name), process?.listenerCount?.(name) ?? 0]));
}
