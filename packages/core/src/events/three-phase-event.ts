import { checkKeys } from '../ground/check-keys.ts';
import { takeNestedLimits } from '../ground/checks.ts';
import type { Clock } from '../ground/clock.ts';
import { reportTo } from '../ground/error-path.ts';
import type { OnError } from '../ground/error-source.ts';
import type { FireArguments, Limits, Phase, Trigger, TriggerHandle, TriggerOptions } from '../ground/events.ts';
import type { FiringDeps } from './firing-deps.ts';
import type { FiringReport } from './firing-report.ts';
import { dispose, hostConsole, takeHost } from '../ground/host.ts';
import { guarded } from '../ground/thenable.ts';
import { MonotonicClock } from '../ground/monotonic-clock.ts';
import { SystemEvent, takeFireOptions, unknownTrigger } from './system-event.ts';
import { takeOptions } from './trigger.ts';

const NEEDS_CLOCK = 'Time limits and timings need a clock: pass { clock } to the event, any reactor is one';

/**
 * A three-phase event without a reactor; Twisted's `_ThreePhaseEvent`. Time limits and timings need a `clock`: without one they throw
 * `TypeError`.
 */
export class ThreePhaseEvent<D = unknown> {
  readonly #event: SystemEvent;
  readonly #clock: Clock | undefined;

  constructor(
    type: unknown,
    options: {
      readonly clock?: Clock;
      readonly onError?: OnError;
      readonly limits?: Limits;
      readonly timings?: boolean;
    } = {},
  ) {
    checkKeys(options, ['clock', 'onError', 'limits', 'timings'], 'ThreePhaseEvent');
    const { clock, onError, limits, timings = false } = options;
    this.#clock = clock;
    this.#needClock(timings || limits !== undefined);
    this.#event = new SystemEvent(type, depsOf(clock, onError), takeNestedLimits(limits, 'limits'), timings);
  }

  /** The `type` that was passed to the constructor: a name of any type for reports and messages. */
  get type(): unknown {
    return this.#event.type;
  }

  /** Whether a firing is under way, or was requested with `whenFiring: 'again'` (C20). */
  get isFiring(): boolean {
    return this.#event.isFiring;
  }

  /** Registers a trigger for one phase (C6). Throws `InvalidPhaseError` or `TypeError`; then nothing is registered. */
  addTrigger(phase: Phase, trigger: Trigger<D>, options?: TriggerOptions): TriggerHandle {
    const registration = takeOptions(options);
    this.#needClock(registration.timeout !== undefined);
    return this.#event.add(phase, trigger as Trigger, registration); // as: the engine does not know D
  }

  /** Removes a trigger. Throws `UnknownTriggerError` if it isn't registered here (C19). */
  removeTrigger(handle: TriggerHandle): void {
    if (!this.#event.remove(handle)) throw unknownTrigger();
  }

  /** Runs the three phases (C9–C18). Throws `EventAlreadyFiringError` synchronously (C20); the promise never rejects. */
  fire(...args: FireArguments<D>): Promise<FiringReport> {
    const [detail, given] = args;
    const options = given === undefined ? undefined : takeFireOptions(given);
    this.#needClock(options?.timings === true || options?.limits !== undefined);
    return this.#event.fire(detail, options);
  }

  #needClock(needed: boolean): void {
    if (needed && this.#clock === undefined) throw new TypeError(NEEDS_CLOCK);
  }
}

function depsOf(clock: Clock | undefined, onError: OnError | undefined): FiringDeps {
  const report: FiringDeps['report'] = (error, source) => {
    reportTo(onError, { console: hostConsole() }, hostConsole(), error, source);
  };
  const reportClockError = (error: unknown): void => {
    report(error, { kind: 'host', name: 'clock' });
  };
  const monotonic = clock && new MonotonicClock(() => clock.now(), reportClockError);
  return {
    now: () => monotonic?.now() ?? 0,
    after: (ms, fn) => {
      try {
        const call = clock?.callLater(ms, fn);
        // A clock of the program may return a call that cannot be disposed.
        if (call !== undefined)
          return disposedBy(() => {
            guarded(() => {
              call[dispose]();
            }, reportClockError);
          });
      } catch (error) {
        reportClockError(error); // the limit is kept by a timer of the host instead
      }
      return hostTimer(ms, fn);
    },
    soon: (fn) => {
      hostTimer(0, fn); // a clock that has stopped would never call it
    },
    captureContext: () => undefined,
    report,
    observer: undefined,
    notify: () => undefined,
    debug: false,
  };
}

function hostTimer(ms: number, fn: () => void): Disposable {
  const { setTimeout, clearTimeout } = takeHost();
  const handle = setTimeout(fn, ms);
  return disposedBy(() => {
    clearTimeout(handle);
  });
}

function disposedBy(fn: () => void): Disposable {
  return { [dispose]: fn };
}
