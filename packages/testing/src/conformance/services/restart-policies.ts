import { type BackgroundContext, type RestartOptions, background, sleep } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { startFully } from '../running.ts';
import { notingService, untilStopped } from '../sample-services.ts';
import { atLeast, HOUR, promiseJobs, realPause, settle } from '../time.ts';
import { rejects } from '../trigger-results.ts';

const SOON = { delay: 1, maxDelay: 1, jitter: 0 } satisfies RestartOptions;

/** A body that calls `called` each time and fails the first `failures` times. After those it ends when it is told to stop. */
function failingBody(failures: number, called: (context: BackgroundContext) => unknown): typeof untilStopped {
  let calls = 0;
  return async (context) => {
    const number = ++calls;
    called(context);
    if (number > failures) return untilStopped(context);
    await settle();
    throw new Error(`no ${String(number)}`);
  };
}

/** The option `restart`: a service that has failed is started again. C59 */
export function restartPolicies(kit: Kit): void {
  delays(kit);
  givingUp(kit);
}

function delays(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C59',
    'each delay before a restart is the previous one times factor, up to maxDelay, with jitter from the random numbers of the host',
    async () => {
      let numbers = 0;
      // With jitter 0.5 the random number 0.75 makes each delay a quarter longer.
      const random = (): number => {
        numbers++;
        return 0.75;
      };
      const reactor = kit.create({ host: { random } });
      const times: number[] = [];
      const attempts: number[] = [];
      const failed: number[] = [];
      const recovered = deferred();
      const body = async ({ attempt, stopped }: BackgroundContext): Promise<void> => {
        times.push(reactor.now());
        attempts.push(attempt);
        if (attempt === 4) {
          recovered.resolve();
          return stopped;
        }
        await settle();
        failed.push(reactor.now());
        throw new Error('no');
      };
      reactor.use(background('worker', body, { restart: { delay: 4, factor: 2, maxDelay: 10, jitter: 0.5 } }));
      await startFully(reactor);
      await recovered.promise;
      await reactor.stop();
      expect([attempts, numbers]).toEqual([[1, 2, 3, 4], 3]);
      [5, 10, 12.5].forEach((delay, index) => {
        expect(atLeast((times[index + 1] ?? 0) - (failed[index] ?? 0), delay)).toBe(true);
      });
    },
  );

  kit.it(
    'C59',
    'one log line announces a restart, status() says when it comes, and a stop in the delay cancels it',
    async () => {
      const lines: string[] = [];
      const log = (line: string): void => void lines.push(line);
      const reactor = kit.create({
        host: { random: () => 0.25 },
        logger: { info: log, warn: log, error: log },
      });
      const failing = deferred();
      let calls = 0;
      const body = async (): Promise<never> => {
        calls++;
        await settle();
        failing.resolve();
        throw new Error('broken');
      };
      // The jitter shortens the delay to 54 s. describe() is read before much of it has passed.
      reactor.use(background('worker', body, { restart: { delay: 60_000, maxDelay: 60_000 } }));
      await startFully(reactor);
      await failing.promise;
      await promiseJobs();
      const tree = reactor.describe();
      const { errors, left } = await reactor.stop();
      expect(lines).toEqual(['Service "worker" failed: broken; restarting in 54.0 s (2 of 5)']);
      expect(/restarting in 5[0-9.]+ s \(2 of 5\)/.test(tree)).toBe(true);
      expect([errors, left.timed, calls]).toEqual([[], 0, 1]);
    },
  );

  kit.it(
    'C59',
    'no restart comes before its delay',
    async () => {
      const reactor = kit.create();
      const failing = deferred();
      let calls = 0;
      const body = async (): Promise<never> => {
        calls++;
        await settle();
        failing.resolve();
        throw new Error('broken');
      };
      reactor.use(background('worker', body, { restart: { delay: HOUR, maxDelay: HOUR, jitter: 0 } }));
      await startFully(reactor);
      await failing.promise;
      await realPause(20);
      await reactor.stop();
      expect(calls).toBe(1);
    },
    { needs: 'movingClock' },
  );

  kit.it('C59', 'only the service that failed is restarted', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const again = deferred();
    const worker = background(
      'worker',
      failingBody(2, ({ attempt }) => {
        if (attempt === 3) again.resolve();
      }),
      { restart: SOON },
    );
    reactor.use(worker);
    reactor.use(notingService('server', journal, { needs: [worker] }));
    await startFully(reactor);
    await again.promise;
    expect(journal.entries).toEqual(['+server']);
    await reactor.stop();
    expect(journal.entries).toEqual(['+server', '-server']);
  });

  kit.it('C59', 'with dependants: true the services that need it are restarted with it', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const back = deferred();
    const worker = background(
      'worker',
      failingBody(1, ({ attempt }) => journal.entries.push(`worker ${String(attempt)}`)),
      { restart: { ...SOON, dependants: true } },
    );
    reactor.use(worker);
    let starts = 0;
    const during = (): void => {
      journal.notes('+server')();
      if (++starts === 2) back.resolve();
    };
    reactor.use(notingService('server', journal, { needs: [worker], startup: { during } }));
    await startFully(reactor);
    await back.promise;
    expect(journal.entries).toEqual(['worker 1', '+server', '-server', 'worker 2', '+server']);
    await settle();
    await reactor.stop();
  });

  kit.it('C59', 'a crash in the delay before a restart cancels it, and the next run calls the background', async () => {
    const reactor = kit.create();
    const failed = deferred();
    const attempts: number[] = [];
    const body = async (context: BackgroundContext): Promise<void> => {
      attempts.push(context.attempt);
      if (attempts.length > 1) return untilStopped(context);
      await settle();
      failed.resolve();
      throw new Error('no');
    };
    reactor.use(background('worker', body, { restart: { delay: 60_000, maxDelay: 60_000 } }));
    const { ended } = await startFully(reactor);
    await failed.promise;
    await promiseJobs();
    reactor.crash();
    await ended;
    expect([attempts.length, reactor.getDelayedCalls()]).toEqual([1, []]);
    await startFully(reactor);
    expect(attempts.length).toBe(2);
    await reactor.stop();
  });
}

function givingUp(kit: Kit): void {
  const { expect } = kit;

  kit.it('C59', 'the last of giveUpAfter failures in a row stops the program; onError gets that one only', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const attempts: number[] = [];
    const body = failingBody(9, ({ attempt }) => attempts.push(attempt));
    reactor.use(background('worker', body, { restart: { ...SOON, giveUpAfter: 3 } }));
    const { ended } = await startFully(reactor);
    const { reason, errors } = await ended;
    expect([reason.kind, String(reason.cause)]).toEqual(['service-failed', 'Error: no 3']);
    expect(record.errors.map(String)).toEqual(['Error: no 3']);
    expect([attempts, errors.length]).toEqual([[1, 2, 3], 1]);
  });

  kit.it('C59', 'with onFailure: ignore the program goes on after the last of giveUpAfter failures', async () => {
    const gaveUp = deferred();
    const reactor = kit.create({
      onError: () => {
        gaveUp.resolve();
      },
    });
    const body = failingBody(9, () => undefined);
    reactor.use(background('worker', body, { restart: { ...SOON, giveUpAfter: 2 }, onFailure: 'ignore' }));
    await startFully(reactor);
    await gaveUp.promise;
    await settle();
    expect(reactor.state).toBe('running');
    expect((await reactor.stop()).errors.map(({ cause }) => String(cause))).toEqual(['Error: no 2']);
  });

  kit.it('C59', 'failures are counted from zero again once a background has been ready for healthyAfter', async () => {
    const reactor = kit.create();
    const attempts: number[] = [];
    const enough = deferred();
    const body = async ({ attempt, clock, stopped }: BackgroundContext): Promise<void> => {
      attempts.push(attempt);
      if (attempts.length === 4) {
        enough.resolve();
        return stopped;
      }
      await sleep(clock, 20);
      throw new Error('no');
    };
    reactor.use(background('worker', body, { restart: { ...SOON, giveUpAfter: 2, healthyAfter: 5 } }));
    await startFully(reactor);
    await enough.promise;
    // Each attempt lasts longer than healthyAfter, so its failure counts as the first in a row, and the next attempt has number 2.
    expect(attempts).toEqual([1, 2, 2, 2]);
    expect((await reactor.stop()).errors).toEqual([]);
  });

  kit.it('C59', 'a failed start in a restart counts like any other failure', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    let calls = 0;
    const body = async (): Promise<never> => {
      if (++calls > 1) throw new Error(`start ${String(calls)}`);
      await settle();
      throw new Error('first');
    };
    reactor.use(background('worker', body, { restart: { ...SOON, giveUpAfter: 3 } }));
    const { ended } = await startFully(reactor);
    expect((await ended).reason.kind).toBe('service-failed');
    expect([calls, record.errors.map(String)]).toEqual([3, ['Error: start 3']]);
  });

  kit.it('C59', 'restart options out of range throw a RangeError, and unknown keys a TypeError', () => {
    const make = (restart: RestartOptions) => (): unknown => background('worker', rejects('no'), { restart });
    for (const wrong of [
      { delay: 10, maxDelay: 5 },
      { factor: 0.5 },
      { jitter: 2 },
      { jitter: -0.1 },
      { giveUpAfter: 0 },
    ]) {
      expect(make(wrong)).toThrow(RangeError);
    }
    const typo: Record<string, number> = { giveUpAfterwards: 5 };
    expect(make(typo)).toThrow(TypeError);
  });
}
