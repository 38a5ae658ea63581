import { checkFunction } from './ground/check-function.ts';
import { checkKeys } from './ground/check-keys.ts';
import { describeGiven } from './ground/check-milliseconds.ts';
import type { OnError } from './ground/error-source.ts';
import type { Limits } from './ground/events.ts';
import type { Host, Logger } from './ground/host.ts';
import type { Observer } from './ground/observer.ts';
import { checkAboveZero } from './reactor-checks.ts';

/** Options of every reactor. */
export interface ReactorOptions<H extends Host = Host> {
  /** Replaces functions of the host. Those that are left out come from the real host (C4). */
  readonly host?: Partial<H>;
  /** Called once for each error (C48). Default: `reportError` on a page, elsewhere a message to the `logger`. */
  readonly onError?: OnError;
  /** Where the reactor prints to. Default: the host's console (C56). */
  readonly logger?: Logger;
  /** Called for turns, calls and events (C46). */
  readonly observer?: Observer;
  /** Time limits by event type. For an event type that is an object, pass them with each firing (C22). */
  readonly limits?: Readonly<Record<PropertyKey, Limits>>;
  /** Whether reports have `phases`: `true` for all events, `false` for none. Default: for startup and shutdown (C15). */
  readonly timings?: boolean;
  /** The maximum time for queued calls in each turn. Timed calls may take the same time after them. Milliseconds, default 5 (C35). */
  readonly maxSliceMs?: number;
  /** The maximum number of queued calls in each turn; as many timed calls may run too. Default 1 000 (C35). */
  readonly maxBatch?: number;
  /** `true`: error reports show where a trigger was registered (C23). */
  readonly debug?: boolean;
}

const OPTIONS: readonly (keyof ReactorOptions)[] = [
  'host',
  'onError',
  'logger',
  'observer',
  'limits',
  'timings',
  'maxSliceMs',
  'maxBatch',
  'debug',
];

/**
 * For runtime packages: checks a reactor's options and their keys (C65), and copies them, so that each is read once. `own`: the options that
 * the reactor adds to those of every reactor. `what`: its name, for the message.
 */
export function takeReactorOptions<O extends ReactorOptions>(options: O, own: readonly string[], what: string): O {
  checkKeys(options, [...OPTIONS, ...own], what);
  const taken = { ...options };
  const { maxSliceMs, maxBatch, onError } = taken;
  if (maxSliceMs !== undefined) checkAboveZero(maxSliceMs, 'maxSliceMs');
  if (maxBatch !== undefined) checkAboveZero(maxBatch, 'maxBatch');
  if (onError !== undefined) checkFunction(onError, 'The option onError');
  const limits: unknown = taken.limits;
  if (limits !== undefined && (typeof limits !== 'object' || limits === null))
    throw new TypeError(
      `limits is ${describeGiven(limits)}: give an object, such as { shutdown: { deadline: 10_000 } }`,
    );
  return taken;
}
