import { describe, expect, it } from '@jest/globals';
import { HostMissingError, sleep, type Observer, type RunResult } from '@triphase/core';
import { createNodeReactor, NodeReactor, watchdog, type NodeReactorOptions } from '@triphase/node-reactor';
import { fakeHost, type FakeHost } from '@triphase/testing';

const DAY = 24 * 60 * 60 * 1_000;

/** Runs macrotasks of the fake host until the run is over. */
async function endOf(host: FakeHost, reactor: NodeReactor, run: Promise<RunResult>): Promise<RunResult> {
  while (reactor.state !== 'stopped') {
    host.runMacrotask();
    await host.runMicrotasks();
  }
  return run;
}

/** The process of a fake host, as a reactor sees it. */
function processOf(host: FakeHost): { readonly process: NodeJS.Process } {
  return host as FakeHost & { readonly process: NodeJS.Process };
}

describe('NodeReactor on its host', () => {
  it('C1: a turn is requested by one setImmediate', () => {
    const host = fakeHost();
    const reactor = new NodeReactor({ host });
    void reactor.run();
    const ran: string[] = [];
    reactor.callSoon(() => ran.push('first'));
    reactor.callSoon(() => ran.push('second'));
    expect(host.calls['setImmediate']).toBe(1);
    expect(ran).toEqual([]);
    host.runMacrotask();
    expect(ran).toEqual(['first', 'second']);
    expect(host.calls['setImmediate']).toBe(1);
  });

  it('C1: a turn that is not needed any more is cancelled', () => {
    const host = fakeHost();
    const reactor = new NodeReactor({ host });
    void reactor.run();
    const { outstanding } = host;
    reactor.callSoon(() => undefined);
    expect(host.outstanding).toBe(outstanding + 1);
    reactor.iterate();
    expect(host.outstanding).toBe(outstanding);
    reactor.crash();
    expect(host.outstanding).toBe(0);
  });

  it('C3: the constructor calls nothing of the host', () => {
    const host = fakeHost();
    createNodeReactor({ host });
    expect(host.calls).toEqual({});
  });

  it('N1: an idle run calls nothing for 24 days, and has one timer', () => {
    const host = fakeHost();
    const reactor = new NodeReactor({ host, signals: false });
    void reactor.run();
    const { calls, outstanding } = { ...host, calls: { ...host.calls } };
    expect(outstanding).toBe(1);
    host.advance(24 * DAY);
    expect(host.calls).toEqual(calls);
  });

  it('N1: the timer that keeps the process alive is set again when it fires, and cleared at the end', async () => {
    const host = fakeHost();
    const reactor = new NodeReactor({ host, signals: false });
    const run = reactor.run();
    host.advance(60 * DAY);
    expect(host.outstanding).toBe(1);
    expect(host.calls['setTimeout']).toBe(3);
    void reactor.stop();
    await endOf(host, reactor, run);
    expect(host.outstanding).toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM'])('N4: %s stops the reactor, and is in its reason', async (signal) => {
    const host = fakeHost();
    const reactor = new NodeReactor({ host, forceExit: false });
    const run = reactor.run();
    host.emit('process', signal);
    expect(reactor.state).toBe('stopping');
    expect((await endOf(host, reactor, run)).reason).toEqual({ kind: 'signal', signal });
    host.advance(200); // a repeat of the signal is dropped for 200 ms (N5)
    expect(host.outstanding).toBe(0);
  });

  it('N4: it listens to signals also while startup and shutdown are pending', async () => {
    const host = fakeHost();
    const reactor = new NodeReactor({ host });
    let release: () => void = () => undefined;
    reactor.on('startup', { before: () => new Promise<void>((resolve) => (release = resolve)) });
    reactor.on('shutdown', () => sleep(reactor, 1));
    const run = reactor.run();
    host.emit('process', 'SIGTERM');
    expect(reactor.state).toBe('stopping');
    release();
    await host.runMicrotasks();
    host.runMacrotask();
    host.emit('process', 'SIGINT');
    host.advance(1);
    expect((await endOf(host, reactor, run)).reason).toEqual({ kind: 'signal', signal: 'SIGTERM' });
  });

  it.each([
    { signals: false, heard: [] },
    { signals: [], heard: [] },
    { signals: ['SIGHUP'], heard: ['SIGHUP', 'exit', 'worker'] },
  ] as const)('N4: with signals: $signals it listens only to $heard', ({ signals, heard }) => {
    const host = fakeHost();
    void new NodeReactor({ host, signals, uncaught: false }).run();
    expect(processOf(host).process.eventNames()).toEqual(heard);
  });

  it.each<{ readonly signals: unknown; readonly messageStart: string }>([
    { signals: true, messageStart: 'signals is boolean' },
    { signals: 'SIGTERM', messageStart: 'signals is string' },
    { signals: [15], messageStart: 'signals has a value of type number' },
    { signals: null, messageStart: 'signals is null' },
    { signals: ['TERM'], messageStart: 'signals has "TERM"' },
  ])('N4, N27: signals that are $signals are refused at once', ({ signals, messageStart }) => {
    const make = (): NodeReactor => new NodeReactor({ signals: signals as false }); // as: what callers without types pass
    expect(make).toThrow(TypeError);
    expect(make).toThrow(messageStart);
  });

  it.each<{ readonly options: object; readonly message: string }>([
    { options: { watchDog: true }, message: 'NodeReactor has no option "watchDog": did you mean "watchdog"?' },
    { options: { forceexit: true }, message: 'NodeReactor has no option "forceexit": did you mean "forceExit"?' },
    { options: { signal: false }, message: 'NodeReactor has no option "signal": did you mean "signals"?' },
    { options: { stdin: 'yes' }, message: 'The option stdin of NodeReactor is a string: give true or false' },
    {
      options: { watchdog: true },
      message: 'The option watchdog of NodeReactor is true: give watchdog(), which this package exports',
    },
    {
      options: { watchdog },
      message: 'The option watchdog of NodeReactor is a function: give watchdog(), which this package exports',
    },
    { options: { exit: 'signals' }, message: "The option exit of NodeReactor is \"signals\": give 'code' or 'signal'" },
  ])('N11: the options $options are refused at once', ({ options, message }) => {
    expect(() => new NodeReactor(options)).toThrow(new TypeError(message));
  });

  const rejects: () => unknown = () => Promise.reject(new Error('late'));

  it.each<{ readonly name: string; readonly observer: Observer; readonly message: string }>([
    {
      name: 'a getter that throws',
      observer: {
        get turn(): never {
          throw new Error('getter');
        },
      },
      message: 'getter',
    },
    { name: 'a method that rejects', observer: { trigger: rejects }, message: 'late' },
  ])(
    'N10, C46: with a watchdog, an error of an observer with $name is reported once, and firings go on',
    async ({ observer, message }) => {
      const heard: unknown[] = [];
      const onError = (error: unknown): void => void heard.push(error);
      const reactor = new NodeReactor({ host: fakeHost(), watchdog: watchdog(), observer, onError });
      const report = await reactor.fire('job');
      reactor.on('job', () => 1);
      await reactor.fire('job');
      await Promise.resolve();
      expect([report.errors, heard]).toEqual([[], [new Error(message)]]);
    },
  );

  it('N10, C46: with a watchdog, the same methods of an observer are called as without', async () => {
    const hear = async (given: NodeReactorOptions): Promise<string[]> => {
      const heard: string[] = [];
      const observer: Observer = new Proxy(
        { turn: undefined, call: undefined, firing: undefined, phase: undefined, trigger: undefined },
        {
          get: (_, key) => (step: unknown) => void heard.push(`${String(key)} ${typeof step === 'string' ? step : ''}`),
        },
      ) as object; // as: it has every method
      const host = fakeHost();
      const reactor = new NodeReactor({ host, observer, signals: false, ...given });
      reactor.on('startup', () => 1);
      void reactor.run();
      host.runMacrotask();
      reactor.callSoon(() => undefined);
      await Promise.resolve();
      host.runMacrotask();
      reactor.crash();
      return heard;
    };
    const without = await hear({});
    expect(new Set(without.map((line) => line.split(' ')[0]))).toEqual(
      new Set(['turn', 'call', 'firing', 'phase', 'trigger']),
    );
    expect(await hear({ watchdog: watchdog() })).toEqual(without);
  });

  it('C1: run() throws when the process refuses a listener, and leaves no listener and no timer', () => {
    const host = fakeHost();
    const { process } = processOf(host);
    const on = process.on.bind(process) as (event: string, listener: () => void) => NodeJS.Process; // as: one of its overloads
    Object.assign(process, {
      on: (event: string, listener: () => void) => {
        if (event === 'SIGSEGV') throw new Error('EINVAL');
        return on(event, listener);
      },
    });
    const reactor = new NodeReactor({ host, signals: ['SIGTERM', 'SIGSEGV'] });
    expect(() => reactor.run()).toThrow('EINVAL');
    expect(reactor.state).toBe('idle');
    expect(host.outstanding).toBe(0);
    expect(processOf(host).process.eventNames()).toEqual([]);
  });

  it.each(['setImmediate', 'process'] as const)(
    'C3: without %s the constructor works, and run() throws HostMissingError',
    (name) => {
      const original = Object.getOwnPropertyDescriptor(globalThis, name)!;
      let reactor;
      try {
        Object.defineProperty(globalThis, name, { value: undefined, configurable: true, writable: true });
        reactor = new NodeReactor();
      } finally {
        Object.defineProperty(globalThis, name, original);
      }
      const run = (): unknown => reactor.run();
      expect(run).toThrow(HostMissingError);
      expect(run).toThrow('pass { host }');
      expect(reactor.state).toBe('idle');
    },
  );
});
