import { checkFunction } from '../ground/check-function.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { checkType } from '../ground/check-type.ts';
import { checkOneOf } from '../ground/check-one-of.ts';
import type { TriggerContext } from '../ground/events.ts';
import type { StopReason } from '../ground/host.ts';
import type { OpenContext } from './open-context.ts';
import { ResourceLife } from './resource-life.ts';
import { takeRestart, type RestartOptions } from './restart-policy.ts';
import { checkName, takeHealth } from './service-members.ts';
import { serviceSettings } from './service-settings.ts';
import type { Service, ServiceTimeouts } from './service.ts';
import { takeTimeouts } from './service-timeouts.ts';
import { ON_FAILURE } from './supervisor.ts';

/** A service with a value: a connection, a pool, a file. */
export interface Resource<T> extends Service {
  /** The value that `open` returned. Throws `ResourceClosedError` before it is open, after it is closed, and when it was lost. */
  readonly value: T;
}

/** Options of {@link resource}. */
export interface ResourceOptions extends Pick<Service, 'health' | 'affectsReadiness'> {
  /** Opened after these, closed before them. */
  readonly needs?: readonly Service[];
  /** Milliseconds that `open` and `close` may each be pending, or `{ start, stop }` (C66). With `retry`: all attempts to open it together. */
  readonly timeout?: number | ServiceTimeouts;
  /** `true`: it is opened in `before startup` and closed in `after shutdown`, for all other services (C67). */
  readonly foundation?: boolean;
  /**
   * What to do when `open` fails: `true` tries again with the default delays of `RestartOptions`, within the limits of the start (C71).
   * Default `false`: the start fails.
   */
  readonly retry?: boolean | RestartOptions;
  /** What to do when it is lost (C72): `true` closes it and opens it again with the default delays (C59). Default `false`. */
  readonly restart?: boolean | RestartOptions;
  /**
   * What to do when it is lost, and isn't restarted. `stop`, the default: the program stops, with status 1. `ignore`: the program goes on
   * without it. Services that need it and have not started yet have to wait. The error is in `result.errors`, so the exit status is 1 all the
   * same.
   */
  readonly onFailure?: 'stop' | 'ignore';
}

const KEYS = ['needs', 'timeout', 'foundation', 'retry', 'restart', 'onFailure', 'health', 'affectsReadiness'] as const;

/**
 * The service that most programs need (C52): opened in `during startup`, closed in `during shutdown`, `.value` in between.
 * An `open` that takes longer than its limit must clean up after itself when `context.signal` aborts. If a crash or an escalation comes before
 * `open` has fulfilled, its value is closed when it does, with the reason `{ kind: 'abandoned', service: name }`. `context.lost(error)`
 * reports that the connection has died (C72).
 *
 * @example
 * const db = reactor.use(resource('db', () => openDb(), (db) => db.close()));
 */
export function resource<T>(
  name: string,
  open: (context: OpenContext) => T | PromiseLike<T>,
  close?: (value: T, context: TriggerContext<StopReason>) => unknown,
  options: ResourceOptions = {},
): Resource<T> {
  checkName(name, "resource('db', open, close)");
  checkFunction(open, `The open function of resource "${name}"`);
  if (close !== undefined) checkFunction(close, `The close function of resource "${name}"`);
  checkKeys(options, KEYS, `The resource "${name}"`);
  const { needs = [], timeout, foundation = false, onFailure = 'stop' } = options;
  checkType(foundation, 'boolean', `The foundation of resource "${name}"`);
  takeTimeouts(timeout, `resource "${name}"`);
  checkOneOf(onFailure, ON_FAILURE, `onFailure of resource "${name}"`);
  const retry = takeRestart(options.retry, `The option retry of resource "${name}"`);
  const restart = takeRestart(options.restart, `The option restart of resource "${name}"`);
  const life: ResourceLife<T> = new ResourceLife({
    name,
    open,
    close,
    retry,
    restart,
    onFailure,
    phase: foundation ? 'before' : 'during',
  });
  const start = (context: TriggerContext<undefined>): unknown => life.start(context);
  const stop = (context: TriggerContext<StopReason>): unknown => life.stop(context);
  const service: Resource<T> = {
    name,
    needs,
    ...(timeout !== undefined && { timeout }),
    ...takeHealth(options, name),
    ...(foundation
      ? { foundation, startup: { before: start }, shutdown: { after: stop } }
      : { startup: { during: start }, shutdown: { during: stop } }),
    attach: (app) => {
      life.attach(service, app);
    },
    status: () => life.status(),
    get value() {
      return life.value;
    },
  };
  serviceSettings.set(service, {
    attempts: () => life.attempt,
    startAbandoned: (isLimit) => {
      life.startAbandoned(isLimit);
    },
    startFailed: (error) => life.startFailed(error),
    used: (node) => {
      life.node = node;
    },
    waitsFor: (event) => (event === 'startup' ? 'open()' : 'close()'),
  });
  return service;
}
