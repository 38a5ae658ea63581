import { describe, expect, it } from '@jest/globals';
import { cooperate, every, type Observer, type ReactorOptions } from '@triphase/core';
import { runInNewContext } from 'node:vm';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';

// Jest fails a test that leaves an unhandled rejection: so each test here also proves that there is none.

/** Values that a callback may return, and that reject with a message. */
const REJECTIONS: readonly { readonly name: string; readonly reject: (message: string) => unknown }[] = [
  { name: 'a promise', reject: (message) => Promise.reject(new Error(message)) },
  {
    name: 'a promise of another realm',
    reject: (message) => runInNewContext('Promise.reject(new Error(message))', { message }) as unknown,
  },
  {
    name: 'a thenable',
    reject: (message) => ({ then: (_: unknown, reject: (error: Error) => void) => reject(new Error(message)) }),
  },
  {
    name: 'a thenable that rejects later, more than once, and fulfils then',
    reject: (message) => ({
      then(fulfil: () => void, reject: (error: Error) => void) {
        queueMicrotask(() => {
          reject(new Error(message));
          reject(new Error('again'));
          fulfil();
        });
      },
    }),
  },
  {
    name: 'a thenable whose then throws after it has rejected',
    reject: (message) => ({
      then(_: unknown, reject: (error: Error) => void) {
        reject(new Error(message));
        throw new Error('thrown');
      },
    }),
  },
  {
    name: 'a thenable whose then throws',
    reject: (message) => ({
      then() {
        throw new Error(message);
      },
    }),
  },
  {
    name: 'a thenable whose then cannot be read',
    reject: (message) => ({
      get then(): unknown {
        throw new Error(message);
      },
    }),
  },
  {
    name: 'a function with a then',
    reject: (message) =>
      Object.assign(() => undefined, {
        then: (_: unknown, reject: (error: Error) => void) => reject(new Error(message)),
      }),
  },
];

describe.each(REJECTIONS)('$name that rejects', ({ reject: rejection }) => {
  /** A reactor, and the errors that `onError` gets. */
  const reactorWith = (options: ReactorOptions = {}): [HandTurnedReactor, string[]] => {
    const heard: string[] = [];
    const reactor: HandTurnedReactor = new HandTurnedReactor({
      onError: (error, { kind, name }) => heard.push(`${kind} ${name}: ${(error as Error).message}`),
      ...options,
    });
    return [reactor, heard];
  };

  it('C36: from callSoon is reported once', async () => {
    const [reactor, heard] = reactorWith();
    reactor.callSoon(function queued() {
      return rejection('one');
    });
    reactor.iterate();
    await settled();
    expect(heard).toEqual(['call queued: one']);
  });

  it('C36: from callLater is reported once', async () => {
    const [reactor, heard] = reactorWith();
    reactor.callLater(0, () => rejection('one'), { name: 'timed' });
    reactor.callLater(0, () => rejection('two'), { name: 'in context', context: true });
    reactor.iterate();
    await settled();
    expect(heard.sort()).toEqual(['timed-call in context: two', 'timed-call timed: one']);
  });

  it('C27: from callWhenRunning is reported once, and nothing waits for it', async () => {
    const [reactor, heard] = reactorWith();
    reactor.callWhenRunning(function early() {
      return rejection('one');
    });
    void reactor.run();
    reactor.callWhenRunning(function late() {
      return rejection('two');
    });
    expect(reactor.state).toBe('running');
    await settled();
    expect(heard.sort()).toEqual(['trigger early: one', 'trigger late: two']);
  });

  it.each([true, false])('C44: from every, hold %s, is reported once, and the next slot comes', async (hold) => {
    const [reactor, heard] = reactorWith();
    let runs = 0;
    const loop = every(reactor, 5, () => (++runs === 1 ? rejection('one') : undefined), { name: 'loop', hold });
    void reactor.run();
    reactor.advance(5);
    await settled();
    reactor.advance(5);
    await settled();
    loop.stop();
    expect([runs, heard]).toEqual([2, [expect.stringMatching(/^(work|call|timed-call) loop: one$/)]]);
  });

  it("C44: from every with onError: 'stop' ends the loop, and rejects whenDone()", async () => {
    const [reactor, heard] = reactorWith();
    const loop = every(reactor, 5, () => rejection('one'), { name: 'loop', onError: 'stop' });
    const done = loop.whenDone();
    void reactor.run();
    reactor.advance(5);
    await expect(done).rejects.toThrow('one');
    expect([loop.active, heard]).toEqual([false, []]);
  });

  it('C45: that a task yields fails the task: it is reported once, or rejects whenDone()', async () => {
    const [reactor, heard] = reactorWith();
    const task = function* (message: string): Iterator<unknown> {
      yield rejection(message);
    };
    cooperate(reactor, task('one'));
    const asked = cooperate(reactor, task('two')).whenDone();
    reactor.iterate();
    await expect(asked).rejects.toThrow('two');
    await settled();
    reactor.iterate();
    expect(heard).toEqual([expect.stringMatching(/cooperate: one$/)]);
  });

  it('C57: given to waitUntil is reported once', async () => {
    const [reactor, heard] = reactorWith();
    void reactor.run();
    reactor.waitUntil(rejection('one') as Promise<void>, { name: 'report' }); // as: thenables of all sorts
    await settled();
    expect(heard).toEqual(['work report: one']);
    const ended = reactor.stop();
    reactor.pump();
    await ended;
    expect(heard.length).toBe(1);
  });

  it.each(['turn', 'call', 'firing', 'phase', 'trigger'] as const)(
    "C46: from an observer's %s is reported once, and the observer is dropped",
    async (method) => {
      let told = 0;
      const observer = { [method]: () => (++told, rejection('one')) } as unknown as Observer; // as: types allow no promise
      const [reactor, heard] = reactorWith({ observer });
      const once = async (): Promise<void> => {
        reactor.callSoon(() => undefined);
        reactor.iterate();
        await reactor.fire('job');
        await settled();
      };
      reactor.on('job', () => undefined);
      await once();
      expect(heard).toEqual([`observer ${method}: one`]);
      const before = told;
      await once();
      expect([told, heard.length]).toEqual([before, 1]);
    },
  );

  it('C48: from onError is printed once, with the error that onError got', async () => {
    const printed: string[] = [];
    const error = (text: string): unknown => printed.push(text.split('\n').slice(0, 2).join(' '));
    const [reactor] = reactorWith({
      onError: () => rejection('one') as never, // as: types allow no promise
      logger: { info: error, warn: error, error },
    });
    reactor.callSoon(function failing() {
      throw new Error('first');
    });
    reactor.iterate();
    await settled();
    expect(printed).toEqual(['Error in call "failing": Error: first', 'Error in host "onError": Error: one']);
  });

  it('C48: from a logger is printed once, to the console of the host', async () => {
    const printed: string[] = [];
    const error = (text: string): unknown => printed.push(text.split('\n').slice(0, 2).join(' '));
    const broken = (): never => rejection('one') as never; // as: types allow no promise
    const reactor: HandTurnedReactor = new HandTurnedReactor({
      logger: { info: broken, warn: broken, error: broken },
      host: { console: { info: error, warn: error, error } },
    });
    reactor.callSoon(function failing() {
      throw new Error('first');
    });
    reactor.iterate();
    await settled();
    expect(printed).toEqual(['Error in call "failing": Error: first', 'Error in host "logger": Error: one']);
  });

  it('C13: from a trigger is reported once, and the next phase begins', async () => {
    const [reactor, heard] = reactorWith();
    let after = 0;
    reactor.on('job', { during: () => rejection('one'), after: () => after++ }, { name: 'job' });
    const report = await reactor.fire('job');
    expect([report.errors.length, after, reactor.isFiring('job'), heard]).toEqual([1, 1, false, ['trigger job: one']]);
  });
});
