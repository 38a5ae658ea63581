import { describe, expect, it } from '@jest/globals';
import { HostMissingError, type StopReason } from '@triphase/core';
import {
  createDenoReactor,
  DenoReactor,
  type DenoHost,
  type DenoReactorOptions,
  type GlobalEvent,
} from '@triphase/deno-shim';
import { fakeHost, type FakeHost } from '@triphase/testing';

/** A fake host that also has the events of Deno's global scope. */
class EventHost {
  readonly #added: Set<readonly [type: string, listener: (event: GlobalEvent) => void]> = new Set();
  readonly fake: FakeHost = fakeHost();
  readonly record: Partial<DenoHost> = {
    ...this.fake,
    addEventListener: (type, listener) => this.#added.add([type, listener]),
    removeEventListener: (type, listener) => {
      for (const added of this.#added) if (added[0] === type && added[1] === listener) this.#added.delete(added);
    },
  };

  get listeners(): number {
    return this.#added.size;
  }

  /** Calls the listeners for this event, without those that are removed meanwhile. Gives whether one has prevented the default. */
  emit(type: string, event: Partial<GlobalEvent> = {}): boolean {
    let isPrevented = false;
    const preventDefault = (): void => {
      isPrevented = true;
    };
    for (const added of [...this.#added]) {
      if (this.#added.has(added) && added[0] === type) added[1]({ ...event, preventDefault });
    }
    return isPrevented;
  }
}

/** A running reactor on a host without other work. */
async function running(host: FakeHost, options: DenoReactorOptions = {}): Promise<DenoReactor> {
  const reactor = new DenoReactor({ host, ...options });
  void reactor.run();
  await host.runMicrotasks();
  while (host.runMacrotask());
  return reactor;
}

const fromWindows = (host: FakeHost): Partial<DenoHost> => {
  // as: a fake host has a Deno, whatever its type says.
  const { Deno } = host as unknown as Pick<DenoHost, 'Deno'>;
  return { ...host, Deno: { ...Deno, build: { os: 'windows' } } };
};

describe('DenoReactor on its host', () => {
  it('D2: on a quiet host a call runs in a microtask, before any macrotask', async () => {
    const host = fakeHost();
    const reactor = await running(host);
    const ran: string[] = [];
    reactor.callSoon(() => ran.push('call'));
    expect(ran).toEqual([]);
    await host.runMicrotasks();
    expect(ran).toEqual(['call']);
  });

  it('D2: after a turn by microtask the next one waits for a macrotask', async () => {
    const host = fakeHost();
    const reactor = await running(host);
    const ran: number[] = [];
    const call = (): void => {
      if (ran.push(ran.length) < 5) reactor.callSoon(call);
    };
    reactor.callSoon(call);
    const before = host.calls['queueMicrotask'];
    await host.runMicrotasks();
    for (let macrotasks = 1; macrotasks <= 4; macrotasks++) {
      expect(ran.length).toBe(macrotasks);
      host.runMacrotask();
      await host.runMicrotasks();
    }
    expect(ran).toEqual([0, 1, 2, 3, 4]);
    expect(host.calls['queueMicrotask']).toBe(before);
  });

  it('D2: after a turn by timer the next one waits for a macrotask, too', async () => {
    const host = fakeHost();
    const reactor = await running(host);
    const ran: string[] = [];
    reactor.callLater(10, () => {
      ran.push('timed');
      reactor.callSoon(() => ran.push('queued'));
    });
    host.advance(10);
    await host.runMicrotasks();
    expect(ran).toEqual(['timed']);
    host.runMacrotask();
    expect(ran).toEqual(['timed', 'queued']);
  });

  it('D2: once a macrotask has passed without a turn, the next turn is a microtask again', async () => {
    const host = fakeHost();
    const reactor = await running(host);
    for (let n = 0; n < 3; n++) {
      const ran: number[] = [];
      reactor.callSoon(() => ran.push(n));
      await host.runMicrotasks();
      expect(ran).toEqual([n]);
      host.runMacrotask();
    }
  });

  it('C2: a turn that is not needed any more does not come', async () => {
    const host = fakeHost();
    const reactor = await running(host);
    reactor.callSoon(() => undefined);
    reactor.iterate();
    const { turns } = reactor.stats();
    await host.runMicrotasks();
    host.runMacrotask();
    expect(reactor.stats().turns).toBe(turns);
  });

  it('C3: the constructor calls nothing of the host', () => {
    const host = fakeHost();
    createDenoReactor({ host });
    expect(host.calls).toEqual({});
  });

  it('C30: when the run is over nothing is left in the host, and the reactor can be run again', async () => {
    const host = fakeHost();
    const reactor = await running(host);
    for (let n = 0; n < 3; n++) {
      reactor.callSoon(() => undefined);
      reactor.crash();
      expect(host.outstanding).toBe(1); // a microtask can't be cancelled
      await host.runMicrotasks();
      expect(host.outstanding).toBe(0);
      const ran: number[] = [];
      reactor.callSoon(() => ran.push(n));
      void reactor.run();
      while (host.runMacrotask()) await host.runMicrotasks();
      expect(ran).toEqual([n]);
    }
  });

  it('N1: an idle run calls nothing, and has one timer, which is set again when it fires', async () => {
    const host = fakeHost();
    const reactor = await running(host, { signals: false });
    expect(host.outstanding).toBe(1);
    const calls = { ...host.calls };
    host.advance(2 ** 31 - 2);
    expect(host.calls).toEqual(calls);
    host.advance(1);
    expect(host.outstanding).toBe(1);
    reactor.crash();
    expect(host.outstanding).toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM'])('D4: %s stops the reactor, and is in its reason', async (signal) => {
    const host = fakeHost();
    const reactor = new DenoReactor({ host });
    const run = reactor.run();
    host.emit('process', signal);
    expect(reactor.state).toBe('stopping');
    await host.runMicrotasks();
    expect((await run).reason).toEqual({ kind: 'signal', signal });
    host.advance(200); // a repeat is dropped for 200 ms (N5)
    while (host.runMacrotask());
    expect(host.calls['Deno.removeSignalListener']).toBe(3);
    host.advance(1_000); // the forced end
    expect([host.outstanding, host.calls['Deno.exit']]).toEqual([0, 1]);
  });

  it('D4: with signals: false it listens to no signal, with a list only to those', async () => {
    const host = fakeHost();
    await running(host, { signals: false });
    expect(host.calls['Deno.addSignalListener']).toBeUndefined();
    const reactor = await running(host, { signals: ['SIGHUP'] });
    host.emit('process', 'SIGTERM');
    expect(reactor.state).toBe('running');
    host.emit('process', 'SIGHUP');
    expect(reactor.state).toBe('stopping');
  });

  it('D4: a string as signals is refused at once', () => {
    const make = (): DenoReactor => new DenoReactor({ signals: 'SIGINT' as unknown as false }); // as: what callers without types pass
    expect(make).toThrow(TypeError);
  });

  it.each(['TERM', 'SIGTREM', 'SIGKILL'])('N27: signals with %s are refused at once', (name) => {
    expect(() => new DenoReactor({ signals: [name] })).toThrow(TypeError);
  });

  it('N27: a signal that is listed twice has one listener', async () => {
    const host = fakeHost();
    await running(host, { signals: ['SIGHUP', 'SIGHUP'] });
    expect(host.calls['Deno.addSignalListener']).toBe(1);
  });

  it('D4: on Windows it listens to SIGBREAK, since Deno refuses SIGTERM there', async () => {
    const host = fakeHost();
    const reactor = await running(host, { host: fromWindows(host) });
    host.emit('process', 'SIGTERM');
    expect(reactor.state).toBe('running');
    host.emit('process', 'SIGBREAK');
    expect(reactor.state).toBe('stopping');
  });

  it('C1: run() throws when Deno refuses a listener, and leaves no listener and no timer', () => {
    const host = fakeHost();
    // as: a fake host has a Deno, whatever its type says.
    const { Deno } = host as unknown as Pick<DenoHost, 'Deno'>;
    const addSignalListener = (signal: string, listener: () => void): void => {
      if (signal === 'SIGSEGV') throw new TypeError('Binding to signal');
      Deno.addSignalListener(signal, listener);
    };
    const reactor = new DenoReactor({
      host: { ...host, Deno: { ...Deno, addSignalListener } },
      signals: ['SIGTERM', 'SIGSEGV'],
    });
    expect(() => reactor.run()).toThrow('Binding to signal');
    expect(reactor.state).toBe('idle');
    expect(host.outstanding).toBe(0);
  });

  it('C1: run() throws when reading Deno.mainModule throws, and leaves no listener and no timer', () => {
    const host = new EventHost();
    // as: a fake host has a Deno, whatever its type says.
    const { Deno } = host.fake as unknown as Pick<DenoHost, 'Deno'>;
    const broken = Object.defineProperty({ ...Deno }, 'mainModule', {
      get: () => {
        throw new TypeError('no main module');
      },
    });
    const reactor = new DenoReactor({ host: { ...host.record, Deno: broken } });
    expect(() => reactor.run()).toThrow('no main module');
    expect(reactor.state).toBe('idle');
    expect([host.listeners, host.fake.outstanding]).toEqual([0, 0]);
  });

  it('D4: the unload event runs all phases of shutdown inside the event, as terminal', async () => {
    const host = new EventHost();
    const reactor = new DenoReactor({ host: host.record });
    const ran: string[] = [];
    const reasons: StopReason[] = [];
    const trigger = async ({ phase, terminal, detail }: { phase: string; terminal: boolean; detail: StopReason }) => {
      ran.push(`${phase} ${String(terminal)}`);
      reasons.push(detail);
      await new Promise(() => undefined);
    };
    reactor.on('shutdown', { before: trigger, during: trigger, after: trigger });
    const run = reactor.run();
    host.emit('unload');
    expect(ran).toEqual(['before true', 'during true', 'after true']);
    expect(reasons[0]).toEqual({ kind: 'unload' });
    expect(reactor.state).toBe('stopped');
    const { shutdown } = await run;
    expect(shutdown?.abandoned.length).toBe(3);
    expect(host.listeners).toBe(0);
    await host.fake.runMicrotasks(); // the stop has queued one, which can't be cancelled
    expect(host.fake.outstanding).toBe(0);
  });

  it('C3: on a host without Deno the constructor works, and run() throws HostMissingError', () => {
    const reactor = new DenoReactor();
    expect(() => reactor.run()).toThrow(HostMissingError);
    expect(() => reactor.run()).toThrow('pass { host }');
    expect(reactor.state).toBe('idle');
  });
});
