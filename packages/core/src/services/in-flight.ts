import { checkFunction } from '../ground/check-function.ts';
import { checkOptionalMs } from '../ground/check-milliseconds.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { describeGiven } from '../ground/check-milliseconds.ts';
import type { AbortSignalLike, HostAbortSignal } from '../ground/host.ts';
import { isNeeded } from './dependants.ts';
import { GateWork } from './gate-work.ts';
import { checkName } from './service-members.ts';
import { serviceSettings } from './service-settings.ts';
import type { Service } from './service.ts';

/**
 * A service through which work in flight runs: it limits how much runs at the same time, and ends the work before the program stops (C62).
 */
export interface Gate extends Service {
  /**
   * Waits for a slot, calls `fn`, and resolves or rejects as it does. Slots are given in the order of the calls. Before the gate has started,
   * while it is restarted, and after a crash until the next run has started it, all calls wait.
   *
   * `signal` aborts when the gate doesn't wait for this work any longer. Then `onAbandoned` is called, which may give a message back to its
   * queue, and the gate waits for its promise. The result of the work doesn't matter any more; a rejection that nobody handles is ignored.
   *
   * Rejects with `ReactorStoppingError` once the gate closes, and with `GateFullError` if `maxWaiting` calls wait already. Throws
   * `TypeError` for something that isn't a function.
   */
  run<T>(
    fn: (context: { readonly signal: HostAbortSignal }) => T | PromiseLike<T>,
    options?: { readonly onAbandoned?: () => unknown },
  ): Promise<T>;
  /**
   * Resolves when there is a slot and no call waits for one. A loop that takes messages from a queue awaits it before it takes the next
   * one. It reserves nothing. Rejects with `ReactorStoppingError` once the gate closes, and with the reason of `signal` when that aborts: a
   * background service passes its own, since its stop waits for the loop.
   */
  free(options?: { readonly signal?: AbortSignalLike }): Promise<void>;
}

/** Options of {@link inFlight}. */
export interface GateOptions {
  /** The maximum number of calls that run at the same time: the slots. Default: no limit. */
  readonly concurrency?: number;
  /** The maximum number of calls that wait for a slot. Default: no limit. */
  readonly maxWaiting?: number;
  /** What the work uses: it is started before the gate, and closed after it. */
  readonly needs?: readonly Service[];
  /**
   * Milliseconds that the gate waits for running work when it closes, before it aborts the signals. The default, which is also the maximum, is
   * the time that the phase of shutdown has left, less a part that is kept for `onAbandoned`: a fifth of that time, but no more than one second.
   */
  readonly drainTimeout?: number;
}

const EXAMPLE = "inFlight('jobs', { concurrency: 10 })";

/**
 * Makes a gate for work in flight (C62): a service that is used once, and through which requests, messages or jobs run.
 *
 * When the program stops, a gate that no service needs closes in `before shutdown`; one that is needed closes in its own `during`, after
 * those that need it. From then on new and waiting calls reject, and running ones are awaited. At `drainTimeout` they are told to end and
 * may be given back. Only then the services that the gate needs close. While the gate is restarted calls wait instead (C60).
 *
 * In a report of shutdown a gate has a row in `before` and one in `during`, whichever of them it closes in.
 *
 * Throws `TypeError` or `RangeError` for options that are wrong.
 *
 * @example
 * ```ts
 * const jobs = app.use(inFlight('jobs', { concurrency: 10, needs: [db, queue] }));
 * // in the loop of a background service:
 * await jobs.free({ signal });
 * const message = await queue.value.receive();
 * void jobs.run(() => handle(message), { onAbandoned: () => queue.value.giveBack(message) });
 * ```
 */
export function inFlight(name: string, options: GateOptions = {}): Gate {
  checkName(name, EXAMPLE);
  const what = `gate "${name}"`;
  checkGiven(options, what);
  checkKeys(options, ['concurrency', 'maxWaiting', 'needs', 'drainTimeout'], `The ${what}`);
  const { concurrency = Infinity, maxWaiting = Infinity, needs = [], drainTimeout = Infinity } = options;
  checkCount(concurrency, 1, `The concurrency of ${what}`);
  checkCount(maxWaiting, 0, `The maxWaiting of ${what}`);
  checkOptionalMs(drainTimeout, `The drainTimeout of ${what}`);
  const work = new GateWork(name, concurrency, maxWaiting, drainTimeout);
  const gate: Gate = {
    name,
    needs,
    attach: (app) => {
      work.attach(app);
    },
    startup: {
      during: () => {
        work.open();
      },
    },
    shutdown: {
      before: (context) => (work.node !== undefined && isNeeded(work.node) ? undefined : work.close(context)),
      during: (context) => work.close(context),
    },
    status: () => work.status(),
    run: (fn, given = {}) => {
      checkFunction(fn, `The function for the ${what}`);
      checkKeys(given, ['onAbandoned'], `run() of ${what}`);
      const { onAbandoned } = given;
      if (onAbandoned !== undefined) checkFunction(onAbandoned, `The onAbandoned for the ${what}`);
      return work.run(fn, onAbandoned);
    },
    free: (given = {}) => {
      checkKeys(given, ['signal'], `free() of ${what}`);
      return work.free(given.signal);
    },
  };
  serviceSettings.set(gate, {
    startsInEachRun: true,
    used: (node) => {
      work.node = node;
    },
    removed: () => {
      work.removed();
    },
    waitsFor: () => 'the work',
  });
  return gate;
}

/** Throws `TypeError` for a mistake that deserves an example: the options are no object, or have `max`, which can mean two things. */
function checkGiven(options: object, what: string): void {
  if (typeof options !== 'object' || (options as object | null) === null)
    throw new TypeError(`The options of ${what} are ${describeGiven(options)}: give an object, as in ${EXAMPLE}`);
  if (!('max' in options)) return;
  throw new TypeError(
    `The ${what} has no option "max": use concurrency for what runs, as in ${EXAMPLE}, or maxWaiting for what waits`,
  );
}

function checkCount(count: unknown, least: number, what: string): void {
  if ((count === Infinity || Number.isInteger(count)) && (count as number) >= least) return; // as: it is a number
  const message = `${what} is ${describeGiven(count)}: give a whole number from ${String(least)}, or leave it out`;
  throw typeof count === 'number' ? new RangeError(message) : new TypeError(message);
}
