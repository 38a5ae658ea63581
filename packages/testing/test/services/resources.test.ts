import { describe, expect, it } from '@jest/globals';
import {
  addService,
  background,
  removeService,
  resource,
  sleep,
  type OpenContext,
  type StopReason,
} from '@triphase/core';
import { create } from './service-bench.ts';

const EVERY_SECOND = { delay: 1_000, jitter: 0 };

describe('the value of a resource', () => {
  it('C52, C72: the error from reading it says whether the resource is not open or was lost', async () => {
    const { reactor } = create();
    let context: OpenContext | undefined;
    const db = resource(
      'db',
      (given) => {
        context = given;
        return 5;
      },
      undefined,
      { restart: EVERY_SECOND },
    );
    expect(db.status?.()).toBeUndefined();
    expect(() => db.value).toThrow('is not open');
    reactor.use(db);
    await reactor.start();
    expect(db.value).toBe(5);
    context?.lost(new Error('gone'));
    expect(() => db.value).toThrow('was lost');
    await reactor.advanceAsync(1_000);
    expect(db.value).toBe(5);
    await reactor.finish();
    expect(() => db.value).toThrow('has closed');
  });

  it('C63: it is that of the last start, also when the value before is closed later', async () => {
    const { reactor } = create();
    let opened = 0;
    const db = resource(
      'db',
      () => ++opened,
      () => sleep(reactor, 500),
      { timeout: { stop: 100 } },
    );
    reactor.use(db);
    await reactor.start();
    const removed = removeService(reactor, db).catch((error: unknown) => (error as Error).name);
    await reactor.advanceAsync(200);
    expect(await removed).toBe('TriggerTimeoutError');
    const added = addService(reactor, db);
    await reactor.advanceAsync(1_000);
    await added;
    expect(db.value).toBe(2);
    await reactor.finish();
  });
});

describe('a resource that is lost', () => {
  /** A resource whose connections the test can lose. */
  function losable(
    options: { restart?: typeof EVERY_SECOND; retry?: typeof EVERY_SECOND },
    close = (): unknown => undefined,
  ) {
    const sources: unknown[] = [];
    const bench = create({ onError: (error, source) => sources.push([(error as Error).message, source]) });
    const contexts: OpenContext[] = [];
    const stops: { reason: StopReason; remaining: number }[] = [];
    const db = bench.reactor.use(
      resource(
        'db',
        (context) => contexts.push(context),
        (_value, context) => {
          stops.push({ reason: context.detail, remaining: context.remaining() });
          return close();
        },
        { ...options, timeout: { start: 400 } },
      ),
    );
    return { ...bench, sources, contexts, stops, db };
  }

  it('C72: further calls of lost() have no effect', async () => {
    const { reactor, contexts, lines, db } = losable({ restart: EVERY_SECOND, retry: EVERY_SECOND });
    await reactor.start();
    expect(contexts[0]?.remaining()).toBe(400);
    for (const text of ['one', 'two']) contexts[0]?.lost(new Error(text));
    expect([db.status?.(), lines]).toEqual([
      'restarting in 1.0 s (2 of 5)',
      ['Service "db" failed: one; restarting in 1.0 s (2 of 5)'],
    ]);
    await reactor.finish();
  });

  it('C31, C72: a resource that was lost before a crash is closed by the next run, and opened also when closing fails', async () => {
    const { reactor, contexts, stops, sources, db } = losable({ restart: EVERY_SECOND }, () => {
      throw new Error('cannot close');
    });
    await reactor.start();
    contexts[0]?.lost(new Error('gone'));
    reactor.crash();
    await reactor.start();
    expect([contexts.length, db.value]).toEqual([2, 2]);
    expect(stops).toEqual([{ reason: { kind: 'restart', service: 'db' }, remaining: 400 }]);
    expect(sources).toEqual([['cannot close', { kind: 'service', name: 'db' }]]);
    reactor.crash();
  });

  it('C71: the jitter of retry comes from the random numbers of the reactor', async () => {
    const { reactor } = create();
    Object.assign(reactor, { random: () => 1 });
    const times: number[] = [];
    reactor.use(
      resource(
        'db',
        () => {
          times.push(reactor.now());
          if (times.length === 1) throw new Error('refused');
        },
        undefined,
        { retry: { delay: 1_000, jitter: 0.5 } },
      ),
    );
    await reactor.start();
    expect(times).toEqual([0, 1_500]);
    await reactor.finish();
  });
});

describe('invalid options', () => {
  const untyped = (options: object): never => options as never; // as: callers without types

  it.each<{ readonly options: object; readonly message: string }>([
    { options: { foundation: 1 }, message: 'The foundation of resource "db"' },
    { options: { onFailure: 'no' }, message: 'onFailure of resource "db"' },
    { options: { retry: 5 }, message: 'The option retry of resource "db" is 5' },
    { options: { restart: 5 }, message: 'The option restart of resource "db" is 5' },
    { options: { timout: 5 }, message: 'The resource "db" has no option "timout"' },
    { options: { timeout: -1 }, message: 'of resource "db"' },
  ])('C65: resource() throws for the option $options', ({ options, message }) => {
    expect(() => resource('db', () => 1, undefined, untyped(options))).toThrow(message);
  });

  it.each<{ readonly options: object; readonly message: string }>([
    { options: { manualReady: 1 }, message: 'The manualReady of service "worker"' },
    { options: { onEnd: 'no' }, message: 'onEnd of service "worker"' },
    { options: { onFailure: 'no' }, message: 'onFailure of service "worker"' },
    { options: { restart: 5 }, message: 'The option restart of service "worker" is 5' },
    { options: { timeout: -1 }, message: 'of service "worker"' },
    { options: { timout: 5 }, message: 'The background service "worker" has no option "timout"' },
  ])('C65: background() throws for the option $options', ({ options, message }) => {
    expect(() => background('worker', () => undefined, untyped(options))).toThrow(message);
  });

  it('C65: resource() and background() throw for a value that is not a function', () => {
    expect(() => resource('db', untyped({}))).toThrow('The open function of resource "db"');
    expect(() => resource('db', () => 1, untyped({}))).toThrow('The close function of resource "db"');
    expect(() => background('worker', untyped({}))).toThrow('The body of the background service "worker"');
  });
});
