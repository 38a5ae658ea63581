import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import {
  GateFullError,
  inFlight,
  ReactorStoppingError,
  removeService,
  TimeoutError,
  type Gate,
  type GateOptions,
  type ReactorOptions,
  type RunResult,
  type Service,
} from '@triphase/core';
import { HandTurnedReactor, settled } from '../hand-turned-reactor.ts';

const never = (): Promise<never> => new Promise(() => undefined);

/** Lets promise jobs and turns happen until neither is left. */
async function rest(reactor: HandTurnedReactor): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await settled();
    reactor.pump();
  }
}

/** Work that ends when the test says so. */
class Work {
  readonly order: string[] = [];
  readonly #ends: Map<string, (error?: unknown) => void> = new Map();

  /** Runs through the gate; `order` has its steps. The result is what becomes of `run()`. */
  through(gate: Gate, name: string, onAbandoned?: () => unknown): Promise<unknown> {
    const work = ({ signal }: { readonly signal: AbortSignal }): Promise<string> => {
      this.order.push(`${name} runs`);
      signal.addEventListener('abort', () => this.order.push(`${name} is told`));
      return new Promise((resolve, reject) => {
        this.#ends.set(name, (error) => {
          if (error === undefined) resolve(name);
          else reject(error); // as: the tests give errors
        });
      });
    };
    return gate
      .run(work, onAbandoned === undefined ? {} : { onAbandoned })
      .then((value) => this.order.push(`${name} is done: ${value}`))
      .catch((error: unknown) => this.order.push(`${name} fails: ${(error as Error).name}`));
  }

  end(name: string, error?: unknown): void {
    this.#ends.get(name)?.(error);
  }
}

/** A reactor that runs, with a database, a gate that needs it, and what needs the gate. */
async function running(
  options: GateOptions = {},
  { needed = false, ...reactorOptions }: ReactorOptions & { readonly needed?: boolean } = {},
): Promise<{ reactor: HandTurnedReactor; gate: Gate; work: Work; ended: Promise<RunResult>; reported: unknown[] }> {
  const reported: unknown[] = [];
  const reactor: HandTurnedReactor = new HandTurnedReactor({
    onError: (error) => reported.push(error),
    ...reactorOptions,
  });
  const work = new Work();
  const db = reactor.use({ name: 'db', shutdown: { during: () => work.order.push('db closes') } });
  const gate = reactor.use(inFlight('jobs', { needs: [db], ...options }));
  if (needed) {
    reactor.use({
      name: 'server',
      needs: [gate],
      startup: { during: () => undefined },
      shutdown: { before: () => void work.order.push('server leads'), during: () => work.order.push('server closes') },
    });
  }
  const ended = reactor.run();
  await rest(reactor);
  return { reactor, gate, work, ended, reported };
}

describe('slots', () => {
  it('C62: as many run as there are slots; the others wait in their order', async () => {
    const { reactor, gate, work } = await running({ concurrency: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) void work.through(gate, name);
    expect([work.order, gate.status?.()]).toEqual([['a runs', 'b runs'], '2 running, 3 waiting']);
    work.end('b');
    await rest(reactor);
    expect(work.order.slice(2)).toEqual(['c runs', 'b is done: b']);
    work.end('a', new TypeError('no'));
    await rest(reactor);
    expect(work.order.slice(4)).toEqual(['d runs', 'a fails: TypeError']);
    for (const name of ['c', 'd', 'e']) {
      work.end(name);
      await rest(reactor);
    }
    expect([work.order.length, gate.status?.()]).toEqual([10, '0 running, 0 waiting']);
  });

  it('C62: run() gives what the function returns or throws, a promise or not', async () => {
    const { gate } = await running({ concurrency: 1 });
    expect(await gate.run(() => 5)).toBe(5);
    expect(await gate.run(() => Promise.resolve('later'))).toBe('later');
    const thrown = gate.run(() => {
      throw new Error('no');
    });
    await expect(thrown).rejects.toThrow('no');
    expect(gate.status?.()).toBe('0 running, 0 waiting');
  });

  it('C62: nobody overtakes: a call that comes as a slot is given waits behind the others', async () => {
    const { reactor, gate, work } = await running({ concurrency: 1 });
    for (const name of ['a', 'b']) void work.through(gate, name);
    const last = gate.run(() => undefined).then(() => work.order.push('c is done'));
    work.end('a');
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'b runs', 'a is done: a']);
    work.end('b');
    await last;
    expect(work.order.at(-1)).toBe('c is done');
  });

  it('C62: more calls than maxWaiting may wait are refused with GateFullError', async () => {
    const { gate, work } = await running({ concurrency: 1, maxWaiting: 2 });
    for (const name of ['a', 'b', 'c']) void work.through(gate, name);
    const refused = gate.run(() => 1);
    await expect(refused).rejects.toBeInstanceOf(GateFullError);
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_TRIPHASE_GATE_FULL',
      message: expect.stringContaining('The gate "jobs" is full (1 running, 2 waiting)'),
    });
  });

  it('C62: free() resolves when there is a slot and nobody waits for one; it reserves nothing', async () => {
    const { reactor, gate, work } = await running({ concurrency: 1 });
    await gate.free();
    await gate.free();
    for (const name of ['a', 'b']) void work.through(gate, name);
    for (const name of ['first', 'second']) void gate.free().then(() => work.order.push(`${name} is free`));
    work.end('a');
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'b runs', 'a is done: a']);
    work.end('b');
    await rest(reactor);
    expect(work.order.slice(3).sort()).toEqual(['b is done: b', 'first is free', 'second is free']);
  });

  it('C62, C63: a gate that was removed stays closed, also when the reactor has crashed and runs again', async () => {
    const { reactor, gate } = await running({ concurrency: 1 });
    const removed = removeService(reactor, gate);
    await rest(reactor);
    await removed;
    reactor.crash();
    await rest(reactor);
    void reactor.run();
    await rest(reactor);
    await expect(gate.run(() => 1)).rejects.toThrow(ReactorStoppingError);
  });

  it('C62: free({ signal }) rejects with the reason when the signal aborts, before and while it waits', async () => {
    const { reactor, gate, work } = await running({ concurrency: 1 });
    void work.through(gate, 'a');
    const controller = new AbortController();
    const waits = gate.free({ signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waits).rejects.toBe(reason);
    await expect(gate.free({ signal: controller.signal })).rejects.toBe(reason);
    expect(() => gate.free({ signl: controller.signal } as never)).toThrow('did you mean "signal"?');
    work.end('a');
    await rest(reactor);
    await gate.free({ signal: new AbortController().signal });
  });

  it('C62: before the gate has started all calls wait, and free() too', async () => {
    const reactor = new HandTurnedReactor();
    const gate = inFlight('jobs', { concurrency: 1 });
    const work = new Work();
    void work.through(gate, 'early');
    void gate.free().then(() => work.order.push('free'));
    reactor.use(gate);
    let open = (): void => undefined;
    reactor.on('startup', { before: () => new Promise<void>((resolve) => (open = resolve)) });
    void reactor.run();
    await rest(reactor);
    expect([work.order, gate.status?.()]).toEqual([[], '0 running, 1 waiting']);
    open();
    await rest(reactor);
    expect(work.order).toEqual(['early runs']);
    work.end('early');
    await rest(reactor);
    expect(work.order).toEqual(['early runs', 'free', 'early is done: early']);
  });

  it('N3, C62: work that has waited runs in the async context of its caller', async () => {
    const { reactor, gate, work } = await running({ concurrency: 1 });
    const storage: AsyncLocalStorage<string> = new AsyncLocalStorage();
    void work.through(gate, 'a');
    const seen = storage.run('caller', () => gate.run(() => storage.getStore()));
    work.end('a');
    await rest(reactor);
    expect(await seen).toBe('caller');
  });
});

describe('a stop', () => {
  it('C62: a gate that nothing needs closes in before shutdown, and what it needs closes after it', async () => {
    const { reactor, gate, work, ended } = await running({ concurrency: 1 });
    reactor.on('shutdown', { during: () => work.order.push('during') });
    for (const name of ['a', 'b']) void work.through(gate, name);
    const asked = gate.free().catch((error: unknown) => error);
    void reactor.stop();
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'b fails: ReactorStoppingError']);
    expect(await asked).toBeInstanceOf(ReactorStoppingError);
    const late = gate.run(() => 1);
    await expect(late).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STOPPING' });
    await expect(gate.free()).rejects.toBeInstanceOf(ReactorStoppingError);
    expect(reactor.pending().map(({ name, phase, status }) => [name, phase, status])).toContainEqual([
      'jobs',
      'before',
      '1 running, 0 waiting',
    ]);
    work.end('a');
    await rest(reactor);
    expect(work.order.slice(2)).toEqual(['a is done: a', 'db closes', 'during']);
    const { errors, shutdown } = await ended;
    expect([errors, shutdown?.abandoned]).toEqual([[], []]);
  });

  it('C62: a gate that is needed closes in its own during, once those that need it have stopped', async () => {
    const { reactor, gate, work, ended } = await running({ concurrency: 1 }, { needed: true });
    let lead = (): void => undefined;
    reactor.on('shutdown', { before: () => new Promise<void>((resolve) => (lead = resolve)) });
    void work.through(gate, 'a');
    void work.through(gate, 'b');
    void reactor.stop();
    await rest(reactor);
    work.end('a');
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'server leads', 'b runs', 'a is done: a']); // it still gives slots
    lead();
    await rest(reactor);
    expect(work.order.slice(4)).toEqual(['server closes']);
    await expect(gate.run(() => 1)).rejects.toBeInstanceOf(ReactorStoppingError);
    work.end('b');
    await rest(reactor);
    await ended;
    expect(work.order.slice(5)).toEqual(['b is done: b', 'db closes']);
  });

  it('C62: with nothing in flight it holds nothing', async () => {
    const { reactor, ended } = await running();
    void reactor.stop();
    reactor.pump();
    await ended;
  });

  it('C62: at drainTimeout signals abort, and onAbandoned is awaited before what the gate needs closes', async () => {
    const { reactor, gate, work, ended, reported } = await running({ drainTimeout: 100 });
    let give = (): void => undefined;
    const giveBack = (): Promise<void> => {
      work.order.push('giving back');
      return new Promise((resolve) => (give = resolve));
    };
    void work.through(gate, 'a', giveBack);
    void reactor.stop();
    await rest(reactor);
    reactor.advance(99);
    await rest(reactor);
    expect(work.order).toEqual(['a runs']);
    reactor.advance(1);
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'a is told', 'giving back']);
    give();
    await rest(reactor);
    expect(work.order.slice(3)).toEqual(['db closes']);
    const { errors, shutdown } = await ended;
    // C70: work that was given back is not abandoned.
    expect([errors, shutdown?.abandoned, reported]).toEqual([[], [], []]);
    expect(reactor.getDelayedCalls()).toEqual([]);
  });

  it('C62: the signal aborts with TimeoutError; work that ends then without onAbandoned is awaited', async () => {
    const { reactor, gate, work, ended } = await running({ drainTimeout: 100 });
    const reasons: unknown[] = [];
    void gate
      .run(
        ({ signal }) =>
          new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => {
              reasons.push(signal.reason);
              resolve();
            });
          }),
      )
      .then(() => work.order.push('ended'));
    void reactor.stop();
    await rest(reactor);
    reactor.advance(100);
    await rest(reactor);
    expect(reasons).toEqual([expect.any(TimeoutError)]);
    expect(reasons[0]).toMatchObject({ ms: 100 });
    expect(work.order).toEqual(['ended', 'db closes']);
    expect((await ended).errors).toEqual([]);
  });

  it('C62: onAbandoned is awaited also when the work ends as soon as it is told', async () => {
    const { reactor, gate, work, ended } = await running({ drainTimeout: 100 });
    let give = (): void => undefined;
    const onAbandoned = (): Promise<void> => new Promise((resolve) => (give = resolve));
    const told = gate.run(
      ({ signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            resolve();
          });
        }),
      { onAbandoned },
    );
    void reactor.stop();
    await rest(reactor);
    reactor.advance(100);
    await told;
    await rest(reactor);
    expect([work.order, gate.status?.()]).toEqual([[], '1 running, 0 waiting']);
    give();
    await rest(reactor);
    await ended;
    expect([work.order, gate.status?.()]).toEqual([['db closes'], '0 running, 0 waiting']);
  });

  it('C62: a rejection of work that was given back needs no handler', async () => {
    const { reactor, gate, ended } = await running({ drainTimeout: 100 });
    void gate.run(
      ({ signal }) =>
        new Promise<void>((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        }),
      { onAbandoned: () => undefined },
    );
    void reactor.stop();
    await rest(reactor);
    reactor.advance(100);
    await rest(reactor);
    expect((await ended).errors).toEqual([]); // jest fails a test that leaves an unhandled rejection
  });

  it('C62: an onAbandoned that fails has failed the stop; several are told together', async () => {
    const { reactor, gate, work, ended, reported } = await running({ drainTimeout: 100 });
    const failing = (text: string) => (): Promise<never> => Promise.reject(new Error(text));
    const throwing = (): never => {
      throw new Error('thrown');
    };
    for (const onAbandoned of [failing('one'), throwing]) void work.through(gate, 'a', onAbandoned);
    void reactor.stop();
    await rest(reactor);
    reactor.advance(100);
    await rest(reactor);
    const { errors } = await ended;
    expect(errors.map(({ message }) => message)).toEqual([
      'Service "jobs" (shutdown, before) failed: The gate "jobs" could not give all work back',
    ]);
    expect((reported[0] as AggregateError).errors.map(String).sort()).toEqual(['Error: one', 'Error: thrown']);
    expect(work.order.at(-1)).toBe('db closes');
  });

  it.each([
    { before: 1_000, limit: 800 },
    { before: 20_000, limit: 19_000 },
  ])(
    'C62: by default the drain has what the phase has ($before ms), and a part of it is kept for onAbandoned',
    async ({ before, limit }) => {
      const { reactor, gate, work, ended } = await running({}, { limits: { shutdown: { before } } });
      void work.through(gate, 'a', () => work.order.push('given back'));
      void reactor.stop();
      await rest(reactor);
      reactor.advance(limit - 1);
      expect(work.order).toEqual(['a runs']);
      reactor.advance(1);
      await rest(reactor);
      expect(work.order).toEqual(['a runs', 'a is told', 'given back', 'db closes']);
      expect((await ended).errors).toEqual([]);
    },
  );

  it('C62: a drainTimeout that is longer than the phase is cut to what the phase has', async () => {
    const { reactor, gate, work, ended } = await running(
      { drainTimeout: 60_000 },
      { limits: { shutdown: { before: 1_000 } } },
    );
    void work.through(gate, 'a', () => work.order.push('given back'));
    void reactor.stop();
    await rest(reactor);
    reactor.advance(800);
    await rest(reactor);
    expect(work.order).toContain('given back');
    await ended;
  });

  it('C62: work that neither ends nor can be given back is left at the limit of the phase, and the gate is named', async () => {
    const { reactor, gate, work, ended } = await running({}, { limits: { shutdown: { before: 1_000 } } });
    void work.through(gate, 'a');
    void reactor.stop();
    await rest(reactor);
    reactor.advance(1_000);
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'a is told', 'db closes']);
    const { errors, shutdown } = await ended;
    expect(errors.map(({ code }) => code)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
    expect(shutdown?.abandoned.map(({ name, status }) => [name, status])).toEqual([['jobs', '1 running, 0 waiting']]);
    work.end('a'); // much later
    await rest(reactor);
    expect(work.order.at(-1)).toBe('a is done: a');
  });

  it('C32, C62: escalate() tells the work, gives it back, and waits for nothing', async () => {
    const { reactor, gate, work, ended, reported } = await running({ drainTimeout: 1_000 });
    void work.through(gate, 'a', () => {
      work.order.push('giving back');
      return Promise.reject(new Error('no queue'));
    });
    void reactor.stop();
    await rest(reactor);
    reactor.escalate();
    reactor.pump();
    expect(work.order).toEqual(['a runs', 'a is told', 'giving back', 'db closes']);
    expect((await ended).errors).toEqual([]);
    await settled();
    expect(reported.map(String)).toEqual(['Error: no queue']); // nothing is lost
    expect(reactor.getDelayedCalls()).toEqual([]);
  });

  it('C62: work that gets its slot as the gate closes is refused, and its function is not called', async () => {
    const { reactor, gate, work, ended } = await running({ concurrency: 1 });
    void work.through(gate, 'a');
    const granted = work.through(gate, 'b');
    void reactor.stop();
    reactor.on('shutdown', () => undefined);
    work.end('a');
    reactor.pump(); // the stop begins before promise jobs
    await granted;
    await rest(reactor);
    await ended;
    expect(work.order.filter((step) => step.startsWith('b'))).toEqual(['b fails: ReactorStoppingError']);
  });

  it('C62: what waits for a gate that does not start any more is refused when stopping begins', async () => {
    const reactor = new HandTurnedReactor();
    const gate = reactor.use(inFlight('jobs'));
    reactor.on('startup', { before: () => never() });
    const waiting = gate.run(() => 1);
    reactor.waitUntil(waiting.catch(() => undefined)); // would hold the stop for ever
    const ended = reactor.run();
    reactor.pump();
    void reactor.stop();
    await expect(waiting).rejects.toBeInstanceOf(ReactorStoppingError);
    reactor.escalate();
    reactor.pump();
    await ended;
  });

  it('C62: work may itself call the gate: the inner call is refused once it closes', async () => {
    const { reactor, gate, ended } = await running({ concurrency: 2 });
    let go = (): void => undefined;
    const outer = gate.run(async () => {
      await new Promise<void>((resolve) => (go = resolve));
      return gate.run(() => 'inner').catch((error: unknown) => (error as Error).name);
    });
    void reactor.stop();
    await rest(reactor);
    go();
    expect(await outer).toBe('ReactorStoppingError');
    await rest(reactor);
    await ended;
  });
});

describe('a crash', () => {
  it('C31, C62: what is running goes on, and what waits runs in the next run', async () => {
    const { reactor, gate, work, ended } = await running({ concurrency: 1 });
    for (const name of ['a', 'b']) void work.through(gate, name);
    reactor.crash();
    await ended;
    work.end('a');
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'a is done: a']);
    const again = reactor.run();
    await rest(reactor);
    expect(work.order.slice(2)).toEqual(['b runs']);
    void reactor.stop();
    await rest(reactor);
    expect(work.order.slice(3)).toEqual([]);
    work.end('b');
    await rest(reactor);
    await again;
    expect(work.order.slice(3)).toEqual(['b is done: b', 'db closes']);
  });

  it('C31, C62: a crash in the middle of its stop: the next run finds it open, and its stop waits again', async () => {
    const { reactor, gate, work, ended } = await running({ drainTimeout: 100 });
    void work.through(gate, 'a');
    void reactor.stop();
    await rest(reactor);
    reactor.crash();
    await ended;
    const again = reactor.run();
    await rest(reactor);
    reactor.advance(1_000);
    expect(work.order).toEqual(['a runs']); // the limit was that of the stop
    void work.through(gate, 'b');
    expect(work.order).toEqual(['a runs', 'b runs']);
    void reactor.stop();
    await rest(reactor);
    work.end('a');
    work.end('b');
    await rest(reactor);
    await again;
    expect(work.order.at(-1)).toBe('db closes');
  });

  it('C31, C62: what waited over a crash is refused by the stop of the next run, if that does not start the gate', async () => {
    const reactor = new HandTurnedReactor();
    const gate = reactor.use(inFlight('jobs'));
    reactor.on('startup', { before: () => never() });
    const waiting = gate.run(() => 1);
    const first = reactor.run();
    reactor.pump();
    reactor.crash();
    await first;
    await settled();
    reactor.on('startup', { before: () => never() });
    const second = reactor.run();
    reactor.pump();
    void reactor.stop();
    await expect(waiting).rejects.toBeInstanceOf(ReactorStoppingError);
    reactor.escalate();
    reactor.pump();
    await second;
  });
});

describe('wrong arguments', () => {
  it.each<{ readonly what: string; readonly options: GateOptions; readonly message: string }>([
    {
      what: 'an unknown key',
      options: { concurency: 5 } as GateOptions,
      message: 'The gate "jobs" has no option "concurency": did you mean "concurrency"?',
    },
    {
      what: 'max, which can mean two limits,',
      options: { max: 5 } as GateOptions,
      message:
        'The gate "jobs" has no option "max": use concurrency for what runs, as in inFlight(\'jobs\', { concurrency: 10 }), or maxWaiting for what waits',
    },
    {
      what: 'a number in place of the options',
      options: 4 as never,
      message: 'The options of gate "jobs" are 4: give an object, as in inFlight(\'jobs\', { concurrency: 10 })',
    },
    { what: 'a concurrency of 0', options: { concurrency: 0 }, message: 'The concurrency of gate "jobs" is 0' },
    {
      what: 'a concurrency with a fraction',
      options: { concurrency: 1.5 },
      message: 'The concurrency of gate "jobs" is 1.5',
    },
    {
      what: 'a maxWaiting that is a text',
      options: { maxWaiting: '5' as never },
      message: 'The maxWaiting of gate "jobs" is the string \'5\'',
    },
    { what: 'a negative maxWaiting', options: { maxWaiting: -1 }, message: 'The maxWaiting of gate "jobs" is -1' },
    {
      what: 'a drainTimeout that is NaN',
      options: { drainTimeout: NaN },
      message: 'The drainTimeout of gate "jobs" is',
    },
  ])('C62: $what is refused at once', ({ options, message }) => {
    expect(() => inFlight('jobs', options)).toThrow(message);
  });

  it('C62: what is no function is a TypeError at once', () => {
    const gate = inFlight('jobs');
    const run = gate.run as (...args: unknown[]) => unknown; // as: callers without types
    expect(() => run(5)).toThrow('The function for the gate "jobs" is number');
    expect(() => run(() => 1, { onAbandoned: 5 })).toThrow('The onAbandoned for the gate "jobs" is number');
    expect(gate.status?.()).toBe('0 running, 0 waiting');
  });

  it('C52, C62: its needs and name are checked by use(), as those of any service', () => {
    const reactor = new HandTurnedReactor();
    const other: Service = { name: 'other' };
    expect(() => reactor.use(inFlight('jobs', { needs: [other] }))).toThrow('use it first');
    expect(() => reactor.use(inFlight(''))).toThrow('The name of a service');
  });
});

it.each([1, 2])(
  'C62: who awaits run() goes on before what the gate needs closes (concurrency %d)',
  async (concurrency) => {
    const { reactor, gate, work, ended } = await running({ concurrency }, { needed: true });
    void work.through(gate, 'a');
    let finish = (): void => undefined;
    const caller = async (): Promise<void> => {
      await gate.run(() => new Promise<void>((resolve) => (finish = resolve)));
      work.order.push('the caller uses db');
    };
    const calling = caller();
    work.end('a');
    await rest(reactor); // with one slot the caller has waited for it
    void reactor.stop();
    await rest(reactor);
    finish();
    await calling;
    await rest(reactor);
    await ended;
    expect(work.order.slice(-2)).toEqual(['the caller uses db', 'db closes']);
  },
);
