import { type BackgroundContext, type HostAbortSignal, ReactorStoppedError, background, every } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { startFully } from '../running.ts';
import { notingService, untilStopped } from '../sample-services.ts';
import { codeOf } from '../thrown.ts';
import { delay, settle } from '../time.ts';

/** Backgrounds: how they are told to stop. C58 */
export function backgroundStops(kit: Kit): void {
  toldToStop(kit);
  errorsWhileStopping(kit);
  cutSignals(kit);
}

function toldToStop(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C58',
    'a background that no service needs is told to stop when stopping begins, with the reason',
    async () => {
      const reactor = kit.create();
      const seen: unknown[] = [];
      const body = async ({ signal, stopped }: BackgroundContext): Promise<void> => {
        signal.addEventListener('abort', () => seen.push('told'));
        await stopped;
        seen.push(signal.reason);
      };
      reactor.use(background('worker', body));
      reactor.on('shutdown', { before: () => seen.push('before'), during: () => seen.push('during') });
      await startFully(reactor);
      const reason = { kind: 'done' };
      await reactor.stop(reason);
      expect(seen.indexOf('told') < seen.indexOf('before')).toBe(true);
      expect(seen.indexOf('told') < seen.indexOf(reason)).toBe(true);
    },
  );

  kit.it('C58', 'a background that a service needs is told to stop after that service has stopped', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const stopping = journal.pends('server stops');
    const worker = background('worker', async ({ stopped }) => {
      await stopped;
      journal.notes('worker is told')();
    });
    reactor.use(worker);
    reactor.use({ name: 'server', needs: [worker], shutdown: { during: stopping.trigger } });
    await startFully(reactor);
    const ended = reactor.stop();
    await stopping.called;
    await settle();
    expect(journal.entries).toEqual(['server stops']);
    stopping.resolve();
    await ended;
    expect(journal.entries).toEqual(['server stops', 'worker is told']);
  });

  kit.it(
    'C58',
    'every() on the clock of a background lasts until the background is told to stop, and the stop waits for its run',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const run = journal.pends('run');
      const db = reactor.use(notingService('db', journal));
      const body = ({ clock, stopped }: BackgroundContext): Promise<void> => {
        every(clock, 60_000, () => run.trigger(undefined as never), { now: true }); // as: the trigger does not read its context
        return stopped;
      };
      reactor.use(background('worker', body, { needs: [db] }));
      await startFully(reactor);
      await run.called;
      const ended = reactor.stop();
      await delay(reactor, 1);
      await settle();
      expect(journal.entries).toEqual(['+db', 'run']);
      run.resolve();
      await ended;
      expect(journal.entries).toEqual(['+db', 'run', '-db']);
    },
  );

  kit.it('C58', 'the stop waits for work given to waitUntil() of the clock of a background', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const { promise, resolve } = deferred();
    const db = reactor.use(notingService('db', journal));
    const body = ({ clock, stopped }: BackgroundContext): Promise<void> => {
      clock.waitUntil?.(promise);
      return stopped;
    };
    reactor.use(background('worker', body, { needs: [db] }));
    await startFully(reactor);
    const ended = reactor.stop();
    await delay(reactor, 1);
    await settle();
    expect(journal.entries).toEqual(['+db']);
    resolve();
    expect((await ended).errors).toEqual([]);
    expect(journal.entries).toEqual(['+db', '-db']);
  });

  kit.it(
    'C58',
    'a crash does not end a background: the next run does not call it again, and its stop ends it',
    async () => {
      const reactor = kit.create();
      const aborted: (() => boolean)[] = [];
      const body = (context: BackgroundContext): Promise<void> => {
        aborted.push(() => context.signal.aborted);
        return untilStopped(context);
      };
      reactor.use(background('worker', body));
      const { ended } = await startFully(reactor);
      reactor.crash();
      await ended;
      await settle();
      expect(aborted.map((look) => look())).toEqual([false]);
      await startFully(reactor);
      const { errors } = await reactor.stop();
      expect([errors, aborted.map((look) => look())]).toEqual([[], [true]]);
    },
  );
}

function errorsWhileStopping(kit: Kit): void {
  const { expect } = kit;

  const harmlessErrors: readonly {
    readonly what: string;
    readonly errorFor: (signal: HostAbortSignal) => unknown;
  }[] = [
    { what: 'the reason of the stop', errorFor: ({ reason }): unknown => reason },
    {
      what: 'an error whose cause is the reason of the stop',
      errorFor: ({ reason }) => new Error('ended', { cause: reason }),
    },
    { what: 'an AbortError', errorFor: () => Object.assign(new Error('aborted'), { name: 'AbortError' }) },
    { what: 'ReactorStoppedError', errorFor: () => new ReactorStoppedError('stopped') },
  ];
  for (const { what, errorFor } of harmlessErrors) {
    kit.it('C58', `a background that rejects while stopping with ${what} has not failed`, async () => {
      const reactor = kit.create();
      const body = async ({ signal, stopped }: BackgroundContext): Promise<never> => {
        await stopped;
        throw errorFor(signal);
      };
      reactor.use(background('worker', body));
      await startFully(reactor);
      expect((await reactor.stop()).errors).toEqual([]);
    });
  }

  kit.it('C58', 'any other error of a background while stopping is reported once, and is in the result', async () => {
    for (const onFailure of ['stop', 'ignore'] as const) {
      const record = recordErrors();
      const reactor = kit.create(record);
      const body = async ({ stopped }: BackgroundContext): Promise<never> => {
        await stopped;
        throw new Error('disk full');
      };
      reactor.use(background('worker', body, { onFailure }));
      await startFully(reactor);
      const { reason, errors } = await reactor.stop();
      expect(reason.kind).toBe('stop');
      expect(record.errors.map(String)).toEqual(['Error: disk full']);
      expect(errors.map(({ cause }) => String(cause))).toEqual(['Error: disk full']);
    }
  });
}

function cutSignals(kit: Kit): void {
  const { expect } = kit;

  /** A body that ends when its `cut` signal aborts. It adds an entry to `seen` for each of its two signals. */
  function untilCut(seen: string[]): (context: BackgroundContext) => Promise<void> {
    return ({ signal, cut }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => seen.push('told'));
        cut.addEventListener('abort', () => {
          seen.push('cut');
          resolve();
        });
      });
  }

  kit.it(
    'C58',
    'when a background exceeds its limit for stopping its cut signal aborts, and the report lists it as abandoned',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const seen: string[] = [];
      reactor.use(background('worker', untilCut(seen), { timeout: { stop: 20 } }));
      await startFully(reactor);
      const { shutdown } = await reactor.stop();
      expect(seen).toEqual(['told', 'cut']);
      expect(record.errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
      expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['worker']);
    },
  );

  kit.it('C58', 'escalate() aborts the cut signal of a background, which is no error', async () => {
    const reactor = kit.create();
    const seen: string[] = [];
    reactor.use(background('worker', untilCut(seen)));
    const { ended } = await startFully(reactor);
    void reactor.stop();
    await delay(reactor, 1);
    expect(seen).toEqual(['told']);
    reactor.escalate();
    expect(seen).toEqual(['told', 'cut']);
    expect((await ended).errors).toEqual([]);
  });
}
