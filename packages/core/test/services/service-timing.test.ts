import { describe, expect, it } from '@jest/globals';
import {
  addService,
  background,
  inFlight,
  ReactorStoppingError,
  removeService,
  resource,
  restartService,
  type BackgroundContext,
  type OpenContext,
  type Service,
} from '@triphase/core';
import { HandTurnedReactor, rest } from '../hand-turned-reactor.ts';
import { createReactor } from '../hostile.ts';

describe('services that stop', () => {
  it('C58: when a body ends by itself during a stop, before it is told, its signal aborts', async () => {
    const [reactor] = createReactor();
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
    await rest(reactor);
    const ended = reactor.stop();
    await rest(reactor);
    expect(given?.signal.aborted).toBe(false);
    end();
    await rest(reactor);
    expect(given?.signal.aborted).toBe(true);
    stopped();
    await rest(reactor);
    await ended;
  });

  it('C72: the error of a resource that is lost in after startup is reported once', async () => {
    const [reactor, errors] = createReactor();
    let context: OpenContext | undefined;
    const gone = new Error('gone');
    reactor.use(resource('db', (given) => (context = given)));
    reactor.addSystemEventTrigger('after', 'startup', () => context?.lost(gone));
    const ended = reactor.run().then(
      (result) => result.errors,
      () => undefined,
    );
    await rest(reactor);
    await rest(reactor);
    await ended;
    expect(errors).toEqual([gone]);
  });
});

describe('the start of a restart that a stop cuts', () => {
  it('C2, C60: leaves no wakeup when it ends inside the abort of its signal', async () => {
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
    await rest(reactor);
    const restarted = restartService(reactor, db).catch(() => undefined);
    await rest(reactor);
    reactor.escalate();
    await restarted;
    await rest(reactor);
    expect([reactor.state, openings, reactor.wakeupRequested]).toEqual(['stopped', 2, false]);
  });
});

describe('a service that is added or removed at an unusual time', () => {
  it('C46, C63: a service that an observer adds when before shutdown begins is stopped once', async () => {
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
    await rest(reactor);
    void reactor.stop();
    await rest(reactor);
    expect([reactor.state, calls]).toEqual(['stopped', ['start', 'before', 'during']]);
  });

  it('C62: a gate that is removed before it has started refuses waiting work, and later work after a crash', async () => {
    const [reactor, errors] = createReactor();
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
    await rest(reactor);
    const waiting = gate.run(() => undefined).catch((error: unknown) => error);
    const removed = removeService(reactor, gate);
    await rest(reactor);
    await removed;
    expect(await waiting).toBeInstanceOf(ReactorStoppingError);
    reactor.crash();
    void reactor.run();
    await rest(reactor);
    await expect(gate.run(() => undefined)).rejects.toBeInstanceOf(ReactorStoppingError);
    expect(errors.map(String)).toEqual(['Error: no', 'Error: no']);
  });

  it('C63: a service whose attach ends the run is not started, and its addition rejects', async () => {
    const [reactor, errors] = createReactor();
    const calls: string[] = [];
    void reactor.run();
    await rest(reactor);
    const added = addService(reactor, {
      name: 'late',
      startup: { during: () => void calls.push('start') },
      attach: () => {
        reactor.escalate();
      },
    });
    await expect(added).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STOPPED' });
    await rest(reactor);
    expect([reactor.state, calls, errors]).toEqual(['stopped', [], []]);
  });
});

describe('a body that asks for its own removal', () => {
  it('C58, C63: gets one error when the removal is too late as well, and no rejection is unhandled', async () => {
    const [reactor, errors] = createReactor();
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
    await rest(reactor);
    void reactor.stop();
    await rest(reactor);
    await rest(reactor);
    process.off('unhandledRejection', hear);
    expect(reactor.state).toBe('stopped');
    expect(heard).toHaveLength(2);
    expect([errors, unhandled]).toEqual([[], []]);
  });
});
