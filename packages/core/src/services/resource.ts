import { checkKeys } from '../ground/check-keys.ts';
import { ResourceClosedError } from '../ground/errors.ts';
import type { TriggerContext } from '../ground/events.ts';
import type { StopReason } from '../ground/host.ts';
import { checkFunction } from '../ground/check-function.ts';
import { checkLength } from '../ground/check-milliseconds.ts';
import { serviceSettings } from './service-settings.ts';
import type { Service } from './service.ts';

/** A service with a value: a connection, a pool, a file. */
export interface Resource<T> extends Service {
  /** The value that `open` returned. Throws `ResourceClosedError` before it is open and after it is closed. */
  readonly value: T;
}

/**
 * The common service (C52): opened in `during startup`, closed in `during shutdown`, `.value` in between.
 * `open` and `close` may each pend for `timeout` milliseconds; an `open` that takes longer must clean up after itself when `context.signal` aborts.
 *
 * @example
 * const db = reactor.use(resource('db', () => openDb(), (db) => db.close()));
 */
export function resource<T>(
  name: string,
  open: (context: TriggerContext<undefined>) => T | PromiseLike<T>,
  close?: (value: T, context: TriggerContext<StopReason>) => unknown,
  options: { readonly needs?: readonly Service[]; readonly timeout?: number } = {},
): Resource<T> {
  checkFunction(open, `The open function of resource "${name}"`);
  if (close !== undefined) checkFunction(close, `The close function of resource "${name}"`);
  checkKeys(options, ['needs', 'timeout'], `The resource "${name}"`);
  const { needs = [], timeout } = options;
  checkLength(timeout, `The timeout of resource "${name}"`);
  let opened: { readonly value: T } | undefined;
  let abandonedStarts = 0;
  const service: Resource<T> = {
    name,
    needs,
    startup: {
      async during(context) {
        const before = abandonedStarts;
        const value = await open(context);
        if (abandonedStarts === before) opened = { value };
      },
    },
    shutdown: {
      async during(context) {
        try {
          if (opened !== undefined) await close?.(opened.value, context);
        } finally {
          opened = undefined;
        }
      },
    },
    get value() {
      if (opened !== undefined) return opened.value;
      throw new ResourceClosedError(
        `Resource "${name}" is not open: read its value between its start and its stop, or name it in needs`,
      );
    },
  };
  serviceSettings.set(service, {
    every: false,
    ...(timeout !== undefined && { timeout }),
    // A value that arrives later isn't kept, since nothing would close it.
    startAbandoned: () => {
      abandonedStarts++;
    },
  });
  return service;
}
