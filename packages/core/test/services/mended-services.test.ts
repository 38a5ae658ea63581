import { describe, expect, it } from '@jest/globals';
import {
  addService,
  background,
  every,
  health,
  inFlight,
  ReactorStoppingError,
  removeService,
  resource,
  restartService,
  type BackgroundContext,
  type OpenContext,
  type Service,
} from '@triphase/core';
import { HandTurnedReactor, settled } from '../hand-turned-reactor.ts';

function create(): [HandTurnedReactor, unknown[]] {
  const errors: unknown[] = [];
  return [new HandTurnedReactor({ onError: (error) => errors.push(error) }), errors];
}

async function turn(reactor: HandTurnedReactor): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await settled();
    reactor.pump();
  }
  await settled();
}

describe('services across a crash', () => {
  it.each(['before', 'during', 'after'] as const)(
    'C58: a body that was told before a crash and ends in a slow start (%s) is called again',
    async (phase) => {
      const [reactor, errors] = create();
      const ends: (() => void)[] = [];
      const worker = background('worker', () => new Promise<void>((resolve) => ends.push(resolve)));
      let started = (): void => undefined;
      let isSlow = false;
      const slow: Service = {
        name: 'slow',
        startup: { [phase]: () => (isSlow ? new Promise<void>((resolve) => (started = resolve)) : undefined) },
        shutdown: { during: () => undefined },
      };
      reactor.use(worker);
      void reactor.run();
      await turn(reactor);
      const restarted = restartService(reactor, worker).catch(() => undefined);
      await turn(reactor);
      reactor.crash();
      await restarted;
      isSlow = true;
      reactor.use(slow);
      const ended = reactor.run();
      await turn(reactor);
      expect(reactor.state).toBe('starting');
      ends[0]?.();
      await turn(reactor);
      started();
      await turn(reactor);
      expect(reactor.state).toBe('running');
      expect(ends).toHaveLength(2);
      expect((await health(reactor)).services[0]).toMatchObject({ name: 'worker', state: 'started' });
      void reactor.stop();
      ends[1]?.();
      await turn(reactor);
      await ended;
      expect(errors).toEqual([]);
    },
  );

  it('C72: a resource that was lost when a crash came is closed before it is opened again', async () => {
    const [reactor] = create();
    const calls: string[] = [];
    const contexts: OpenContext[] = [];
    const db = reactor.use(
      resource(
        'db',
        (context) => {
          calls.push(`open ${String(contexts.push(context))}`);
          return contexts.length;
        },
        (value) => calls.push(`close ${String(value)}`),
        { restart: true },
      ),
    );
    void reactor.run();
    await turn(reactor);
    contexts[0]?.lost(new Error('gone'));
    reactor.crash();
    await turn(reactor);
    void reactor.run();
    await turn(reactor);
    expect(calls).toEqual(['open 1', 'close 1', 'open 2']);
    expect(db.value).toBe(2);
  });
});

describe('services that stop', () => {
  it('C58: the signal of a body that ends by itself after stopping began, untold, aborts', async () => {
    const [reactor] = create();
    let given: BackgroundContext | undefined;
    let end = (): void => undefined;
    const worker = reactor.use(
      background('worker', (context) => {
        given = context;
        return new Promise<void>((resolve) => (end = resolve));
      }),
    );
    let stopped = (): void => undefined;
    reactor.use({
      name: 'user',
      needs: [worker],
      startup: { during: () => undefined },
      shutdown: { during: () => new Promise<void>((resolve) => (stopped = resolve)) },
    });
    void reactor.run();
    await turn(reactor);
    const ended = reactor.stop();
    await turn(reactor);
    expect(given?.signal.aborted).toBe(false);
    end();
    await turn(reactor);
    expect(given?.signal.aborted).toBe(true);
    stopped();
    await turn(reactor);
    await ended;
  });

  it('C72: the error of a resource that is lost in after startup is reported once', async () => {
    const [reactor, errors] = create();
    let context: OpenContext | undefined;
    const gone = new Error('gone');
    reactor.use(resource('db', (given) => (context = given)));
    reactor.addSystemEventTrigger('after', 'startup', () => context?.lost(gone));
    const ended = reactor.run().then(
      (result) => result.errors,
      () => undefined,
    );
    await turn(reactor);
    await turn(reactor);
    await ended;
    expect(errors).toEqual([gone]);
  });
});

describe('C65: mistakes are refused at once', () => {
  const [reactor] = create();
  const use = (service: object): unknown => reactor.use({ name: 'db', ...service });
  const wrong = (value: unknown): never => value as never; // as: callers without types
  it.each<{ readonly message: string; readonly make: () => unknown }>([
    { message: 'The health of service "db" is', make: () => use({ health: 'up' }) },
    { message: 'The affectsReadiness of service "db" is', make: () => use({ affectsReadiness: 'yes' }) },
    { message: 'The foundation of service "db" is', make: () => use({ foundation: 1 }) },
    { message: 'The attach of service "db" is', make: () => use({ attach: 5 }) },
    { message: 'The status of service "db" is', make: () => use({ status: 'x' }) },
    {
      message: 'The manualReady of service "w" is',
      make: () => background('w', () => 1, { manualReady: wrong('no') }),
    },
    { message: 'The hold of every() is', make: () => every(reactor, 1, () => 1, { hold: wrong('no') }) },
    { message: 'The now of every() is', make: () => every(reactor, 1, () => 1, { now: wrong('x') }) },
    { message: 'The name of a service is', make: () => resource(wrong(Symbol('x')), () => 1) },
    { message: 'The name of a service is', make: () => background(wrong(5), () => 1) },
    { message: 'The name of a service is', make: () => inFlight(wrong(5)) },
    { message: 'The health of service "db" is', make: () => resource('db', () => 1, undefined, { health: wrong(1) }) },
    {
      message: 'The affectsReadiness of service "w" is',
      make: () => background('w', () => 1, { affectsReadiness: wrong(1) }),
    },
  ])('$message', ({ message, make }) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});

describe('C61: health', () => {
  it('is read once, and is an option of resources and background services', async () => {
    const [reactor] = create();
    let reads = 0;
    reactor.use({
      name: 'own',
      get health() {
        reads++;
        return (): 'up' => 'up';
      },
    });
    reactor.use(resource('pool', () => 1, undefined, { health: () => 'down', affectsReadiness: true }));
    reactor.use(background('worker', ({ stopped }) => stopped, { health: () => ({ status: 'down', detail: 'busy' }) }));
    void reactor.run();
    await turn(reactor);
    const { ready, services } = await health(reactor);
    await health(reactor);
    expect(reads).toBe(1);
    expect(ready).toBe(false);
    expect(services).toMatchObject([{ health: 'up' }, { health: 'down' }, { health: 'down', detail: 'busy' }]);
  });
});

describe('the start of a restart that a stop cuts', () => {
  it('C2, C60: and that ends as its signal aborts leaves no limit behind', async () => {
    const reactor = new HandTurnedReactor({ limits: { shutdown: { before: 1_000, deadline: 5_000 } } });
    let openings = 0;
    // A thenable that settles inside of the abort: a promise would settle later.
    const open = ({ signal }: OpenContext): unknown =>
      openings++ === 0
        ? undefined
        : {
            then: (opened: () => void) => {
              signal.addEventListener('abort', opened);
            },
          };
    const db = reactor.use({ name: 'db', startup: { during: open as () => unknown }, shutdown: {} });
    void reactor.run();
    await turn(reactor);
    const restarted = restartService(reactor, db).catch(() => undefined);
    await turn(reactor);
    reactor.escalate();
    await restarted;
    await turn(reactor);
    expect([reactor.state, openings, reactor.wakeupRequested]).toEqual(['stopped', 2, false]);
  });
});

describe('a service that comes or goes at an odd moment', () => {
  it('C46, C63: one that an observer adds as before shutdown begins is stopped once', async () => {
    const calls: string[] = [];
    const late: Service = {
      name: 'late',
      startup: { during: () => void calls.push('start') },
      shutdown: { before: () => void calls.push('before'), during: () => void calls.push('during') },
    };
    const reactor: HandTurnedReactor = new HandTurnedReactor({
      observer: {
        phase: (step, { event, phase }) => {
          if (event === 'shutdown' && phase === 'before' && step === 'start') void addService(reactor, late);
        },
      },
    });
    void reactor.run();
    await turn(reactor);
    void reactor.stop();
    await turn(reactor);
    expect([reactor.state, calls]).toEqual(['stopped', ['start', 'before', 'during']]);
  });

  it('C62: a gate that is removed before it has started refuses what waits, and what comes after a crash', async () => {
    const [reactor, errors] = create();
    const db = reactor.use(
      background(
        'db',
        () => {
          throw new Error('no');
        },
        { onFailure: 'ignore' },
      ),
    );
    const gate = reactor.use(inFlight('jobs', { needs: [db] }));
    void reactor.run();
    await turn(reactor);
    const waiting = gate.run(() => undefined).catch((error: unknown) => error);
    const removed = removeService(reactor, gate);
    await turn(reactor);
    await removed;
    expect(await waiting).toBeInstanceOf(ReactorStoppingError);
    reactor.crash();
    void reactor.run();
    await turn(reactor);
    await expect(gate.run(() => undefined)).rejects.toBeInstanceOf(ReactorStoppingError);
    expect(errors.map(String)).toEqual(['Error: no', 'Error: no']);
  });

  it('C63: one whose attach ends the run is not started after that, and its addition rejects', async () => {
    const [reactor, errors] = create();
    const calls: string[] = [];
    void reactor.run();
    await turn(reactor);
    const added = addService(reactor, {
      name: 'late',
      startup: { during: () => void calls.push('start') },
      attach: () => {
        reactor.escalate();
      },
    });
    await expect(added).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STOPPED' });
    await turn(reactor);
    expect([reactor.state, calls, errors]).toEqual(['stopped', [], []]);
  });
});

describe('a body that asks for its own removal', () => {
  it('C58, C63: hears of one error where the removal is too late as well, and none is unhandled', async () => {
    const [reactor, errors] = create();
    const unhandled: unknown[] = [];
    const hear = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', hear);
    const heard: unknown[] = [];
    const worker: Service = reactor.use(
      background('worker', ({ signal }) => {
        signal.addEventListener('abort', () => {
          heard.push('told');
        });
        return new Promise<void>((resolve) => {
          reactor.on('shutdown', {
            before: () => {
              resolve();
            },
          });
        }).then(async () => {
          await removeService(reactor, worker).catch((error: unknown) => heard.push((error as Error).name));
        });
      }),
    );
    void reactor.run();
    await turn(reactor);
    void reactor.stop();
    await turn(reactor);
    await turn(reactor);
    process.off('unhandledRejection', hear);
    expect(reactor.state).toBe('stopped');
    expect(heard).toHaveLength(2);
    expect([errors, unhandled]).toEqual([[], []]);
  });
});
