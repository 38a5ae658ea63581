import { type BackgroundContext, type BackgroundOptions, background } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { failedStart, start, startFully } from '../running.ts';
import { notingService, untilStopped } from '../sample-services.ts';
import { codeOf } from '../thrown.ts';
import { settle } from '../time.ts';
import { rejects, throws } from '../trigger-results.ts';

/** The body of a background that the test ends. */
function controlledBody(): { body: () => Promise<void>; end: () => void; fail: (error: unknown) => void } {
  const { promise, resolve, reject } = deferred();
  return { body: () => promise, end: resolve, fail: reject };
}

/** Backgrounds: how they start, end and fail. C58 */
export function backgrounds(kit: Kit): void {
  starting(kit);
  ending(kit);
}

function starting(kit: Kit): void {
  const { expect } = kit;

  kit.it('C58', 'a background is called when its needs have started, and ends before they stop', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const opening = journal.pends('db opens');
    const db = reactor.use(notingService('db', journal, { startup: { during: opening.trigger } }));
    const body = async ({ stopped, signal }: BackgroundContext): Promise<void> => {
      journal.entries.push(`worker ${String(signal.aborted)}`);
      await stopped;
      await settle();
      journal.entries.push(`told ${String(signal.aborted)}`);
    };
    reactor.use(background('worker', body, { needs: [db] }));
    const ended = reactor.run();
    await opening.called;
    await settle();
    expect(journal.entries).toEqual(['db opens']);
    opening.resolve();
    while (reactor.state === 'starting') await settle();
    await reactor.stop();
    await ended;
    expect(journal.entries).toEqual(['db opens', 'worker false', 'told true', '-db']);
  });

  kit.it('C58', 'the context of a background has attempt, and signals that are not aborted', async () => {
    const reactor = kit.create();
    const seen: unknown[] = [];
    const body = (context: BackgroundContext): Promise<void> => {
      seen.push(context.attempt, context.signal.aborted, context.cut.aborted, context.clock.now() >= 0);
      return context.stopped;
    };
    reactor.use(background('worker', body));
    await start(reactor);
    await reactor.stop();
    expect(seen).toEqual([1, false, false, true]);
  });

  kit.it('C58', 'the clock of a background shows the time of the reactor', async () => {
    const reactor = kit.create();
    const gaps: number[] = [];
    const body = ({ clock, stopped }: BackgroundContext): Promise<void> => {
      gaps.push(clock.now() - reactor.now());
      return stopped;
    };
    reactor.use(background('worker', body));
    await start(reactor);
    await reactor.stop();
    expect(gaps.every((gap) => gap <= 0 && gap > -1_000)).toBe(true);
    expect(gaps.length).toBe(1);
  });

  kit.it(
    'C58',
    'a background that throws before its first await fails the start, also with restart: true',
    async () => {
      for (const restart of [false, true]) {
        const record = recordErrors();
        const reactor = kit.create(record);
        let calls = 0;
        const body = (): never => {
          calls++;
          return throws('no queue')();
        };
        reactor.use(background('worker', body, { restart }));
        const error = await failedStart(reactor);
        expect([error.result.reason.kind, error.result.reason.cause]).toEqual(['startup-failed', 'no queue']);
        expect([record.errors, calls]).toEqual([['no queue'], 1]);
      }
    },
  );

  kit.it('C58', 'with manualReady: true the services that need a background wait for ready()', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const called = deferred();
    let ready: () => void = () => undefined;
    const worker = background(
      'worker',
      (context) => {
        ready = () => {
          context.ready();
        };
        called.resolve();
        return context.stopped;
      },
      { manualReady: true },
    );
    reactor.use(worker);
    reactor.use(notingService('server', journal, { needs: [worker] }));
    const ended = reactor.run();
    await called.promise;
    await settle();
    expect([reactor.state, journal.entries]).toEqual(['starting', []]);
    ready();
    ready();
    await settle();
    await settle();
    expect([reactor.state, journal.entries]).toEqual(['running', ['+server']]);
    await reactor.stop();
    expect((await ended).errors).toEqual([]);
  });

  kit.it('C58', 'stop() while starting ends a background that is not ready', async () => {
    const reactor = kit.create();
    const called = deferred();
    const body = (context: BackgroundContext): Promise<void> => {
      called.resolve();
      return untilStopped(context);
    };
    reactor.use(background('worker', body, { manualReady: true }));
    const ended = reactor.run();
    await called.promise;
    await reactor.stop();
    expect([(await ended).errors, reactor.state]).toEqual([[], 'stopped']);
  });
}

function ending(kit: Kit): void {
  const { expect } = kit;

  kit.it('C58', 'a background that ends by itself stops the program with the reason service-ended', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const { body, end } = controlledBody();
    reactor.use(background('worker', body));
    const { ended } = await startFully(reactor);
    end();
    const { reason, errors } = await ended;
    expect(reason).toEqual({ kind: 'service-ended', service: 'worker' });
    expect(record.errors.map(codeOf)).toEqual(['ERR_TRIPHASE_SERVICE_ENDED']);
    expect(errors.length).toBe(1);
  });

  kit.it(
    'C58',
    'a background that fails stops the program with the reason service-failed, and is reported once',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const { body, fail } = controlledBody();
      reactor.use(background('worker', body));
      const { ended } = await startFully(reactor);
      fail('broken');
      const { reason, errors } = await ended;
      expect(reason).toEqual({ kind: 'service-failed', service: 'worker', cause: 'broken' });
      expect(record.errors).toEqual(['broken']);
      expect(errors.map(({ cause }) => cause)).toEqual(['broken']);
    },
  );

  const ignoredEnds: readonly {
    readonly what: string;
    readonly settles: 'end' | 'fail';
    readonly options: BackgroundOptions;
    readonly errorCount: number;
  }[] = [
    { what: 'an end with onEnd: ignore', settles: 'end', options: { onEnd: 'ignore' }, errorCount: 0 },
    { what: 'a failure with onFailure: ignore', settles: 'fail', options: { onFailure: 'ignore' }, errorCount: 1 },
  ];
  for (const { what, settles, options, errorCount } of ignoredEnds) {
    kit.it('C58', `the program goes on after ${what}`, async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const worker = controlledBody();
      reactor.use(background('worker', worker.body, options));
      await startFully(reactor);
      worker[settles]('broken');
      await settle();
      await settle();
      expect(reactor.state).toBe('running');
      const { reason, errors } = await reactor.stop();
      expect([reason.kind, errors.length, record.errors.length]).toEqual(['stop', errorCount, errorCount]);
    });
  }

  kit.it(
    'C58',
    'with onFailure: ignore the start goes on without a background that fails, and the services that need it do not start',
    async () => {
      const reactor = kit.create(recordErrors());
      const journal = new Journal();
      const worker = reactor.use(background('worker', rejects('broken'), { manualReady: true, onFailure: 'ignore' }));
      reactor.use(notingService('on worker', journal, { needs: [worker] }));
      reactor.use(notingService('other', journal));
      await startFully(reactor);
      expect([reactor.state, journal.entries]).toEqual(['running', ['+other']]);
      await reactor.stop();
      expect(journal.entries).toEqual(['+other', '-other']);
    },
  );

  kit.it('C58', 'with onEnd: ignore a background that has ended counts as started', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const worker = reactor.use(background('worker', () => Promise.resolve(), { onEnd: 'ignore' }));
    reactor.use(notingService('on worker', journal, { needs: [worker] }));
    await startFully(reactor);
    await reactor.stop();
    expect(journal.entries).toEqual(['+on worker', '-on worker']);
  });

  kit.it('C58', 'the signal of a background aborts when the background has ended', async () => {
    const reactor = kit.create();
    const { promise, resolve } = deferred();
    const aborted: (() => boolean)[] = [];
    reactor.use(
      background(
        'worker',
        ({ signal }) => {
          aborted.push(() => signal.aborted);
          return promise;
        },
        { onEnd: 'ignore' },
      ),
    );
    await startFully(reactor);
    expect(aborted.map((look) => look())).toEqual([false]);
    resolve();
    await settle();
    expect([reactor.state, aborted.map((look) => look())]).toEqual(['running', [true]]);
    await reactor.stop();
  });

  kit.it('C58', 'background() throws a TypeError for a body that is not a function, and for an unknown option', () => {
    expect(() => background('worker', 5 as unknown as () => void)).toThrow(TypeError);
    const options = { need: [] } as BackgroundOptions; // as: callers without types
    expect(() => background('worker', untilStopped, options)).toThrow('did you mean "needs"?');
  });
}
