import { checkFunction } from '../ground/check-function.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { checkOneOf } from '../ground/check-one-of.ts';
import { checkType } from '../ground/check-type.ts';
import { BodyLife } from './body-life.ts';
import type { BackgroundBody } from './body-run.ts';
import { takeRestart, type RestartOptions } from './restart-policy.ts';
import { checkName, takeHealth } from './service-members.ts';
import { serviceSettings } from './service-settings.ts';
import type { Service, ServiceTimeouts } from './service.ts';
import { takeTimeouts } from './service-timeouts.ts';
import { ON_FAILURE } from './supervisor.ts';

/** Options of {@link background}. */
export interface BackgroundOptions extends Pick<Service, 'health' | 'affectsReadiness'> {
  /** Started after these, stopped before them. */
  readonly needs?: readonly Service[];
  /** Milliseconds that its start and its stop may each take, or `{ start, stop }` (C66). */
  readonly timeout?: number | ServiceTimeouts;
  /** `true`: it has started when the body calls `ready()`. `false`, the default: one microtask after the body was called. */
  readonly manualReady?: boolean;
  /** What to do when the body fails: `true` restarts it with the default delays (C59). Default `false`: `onFailure` decides at once. */
  readonly restart?: boolean | RestartOptions;
  /**
   * What to do when the body ends by itself. `stop`, the default: the program stops, with status 1. `restart`: as after a failure, with the
   * options of `restart`. `ignore`: it has done its work, and counts as started.
   */
  readonly onEnd?: 'stop' | 'restart' | 'ignore';
  /**
   * What to do when the body fails and isn't restarted. `stop`, the default: the program stops, with status 1. `ignore`: the program goes on
   * without the service. Services that need it and have not started yet have to wait. The error is in `result.errors`, so the exit status is
   * 1 all the same.
   */
  readonly onFailure?: 'stop' | 'ignore';
}

/**
 * A service with a body: a function that works for as long as the reactor runs, such as a consumer of a queue (C58).
 *
 * The body is called in `during startup`, once what it needs has started. `signal` and `stopped` tell it to stop: when stopping begins or, if
 * other services need it, when those have stopped. `during shutdown` waits for its promise before what it needs is closed. At the limit `cut`
 * aborts.
 *
 * In a report of shutdown it has a row in `before` too: that is where it is told to stop, unless other services need it.
 *
 * If a body ends or fails, and nobody has told it to stop, the program stops, unless the options say otherwise. While the reactor starts, that
 * is a failed start. Once stopping has begun, an end is no failure, nor is a rejection with the reason of the stop, an `AbortError` or
 * `ReactorStoppedError`; any other error is in `result.errors`.
 *
 * A body that awaits its own stop or restart gets `SelfWaitError` on Node, Bun and Deno. On a page it waits until the limit.
 *
 * Throws `TypeError` for an argument or option of the wrong type or an unknown key, and `RangeError` for a number that can't work.
 *
 * @example
 * const worker = reactor.use(
 *   background('worker', async ({ clock }) => {
 *     for await (const _ of ticks(clock, 1_000)) await pollQueue();
 *   }, { needs: [db], restart: true }),
 * );
 */
export function background(name: string, run: BackgroundBody, options: BackgroundOptions = {}): Service {
  checkName(name, "background('worker', body)");
  const what = `The background service "${name}"`;
  checkFunction(run, `The body of the background service "${name}"`);
  checkKeys(
    options,
    ['needs', 'timeout', 'manualReady', 'restart', 'onEnd', 'onFailure', 'health', 'affectsReadiness'],
    what,
  );
  const { needs = [], timeout, manualReady: isManual = false, onEnd = 'stop', onFailure = 'stop' } = options;
  const restart = takeRestart(options.restart, `The option restart of service "${name}"`);
  checkType(isManual, 'boolean', `The manualReady of service "${name}"`);
  takeTimeouts(timeout, `service "${name}"`);
  checkOneOf(onEnd, ['stop', 'restart', 'ignore'], `onEnd of service "${name}"`);
  checkOneOf(onFailure, ON_FAILURE, `onFailure of service "${name}"`);

  const life = new BodyLife(name, run, { isManual, restart, onEnd, onFailure });
  const service: Service = {
    name,
    needs,
    ...(timeout !== undefined && { timeout }),
    ...takeHealth(options, name),
    attach: (app) => {
      life.attach(service, app);
    },
    startup: { during: (context) => life.start(context) },
    shutdown: {
      before: ({ detail }) => {
        life.tellUnlessNeeded(detail);
      },
      during: (context) => life.stop(context),
    },
    status: () => life.status(),
  };
  serviceSettings.set(service, {
    attempts: () => life.attempt,
    isOptional: onFailure === 'ignore',
    runEnded: () => life.runEnded(),
    stopBegins: (reason) => {
      life.stopBegins(reason);
    },
    startAbandoned: () => {
      life.startAbandoned();
    },
    startFailed: (error) => life.startFailed(error),
    isHeld: () => life.isHeld,
    waitsFor: () => 'the body',
  });
  return service;
}
