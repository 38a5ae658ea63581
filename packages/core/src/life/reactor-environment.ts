import { checkKeys } from '../ground/check-keys.ts';
import { printTo, reportTo } from '../ground/error-path.ts';
import type { ErrorSource, OnError } from '../ground/error-source.ts';
import type { ContextRunner, FiringDeps } from '../events/firing-deps.ts';
import { takeHost, type Host, type Logger, type TakenHost } from '../ground/host.ts';
import { MonotonicClock } from '../ground/monotonic-clock.ts';
import type { Observer } from '../ground/observer.ts';
import { guarded, whenSettled } from '../ground/thenable.ts';

/** The options of the reactor that its environment uses. */
interface EnvironmentOptions {
  readonly host?: Partial<Host> | undefined;
  readonly onError?: OnError | undefined;
  readonly logger?: Logger | undefined;
  readonly observer?: Observer | undefined;
  readonly debug?: boolean | undefined;
}

/** The keys that the source of an error may have. All of `ErrorSource`, so that a program may pass on the source that its `onError` got. */
const SOURCE: readonly (keyof ErrorSource)[] = ['kind', 'name', 'event', 'phase', 'registeredAt'];

/** What the reactor gives to its environment. */
export interface EnvironmentHooks {
  /** The host's monotonic clock. */
  readonly hostNow: () => number;
  /** The reactor's clock, which a subclass may replace. */
  readonly now: () => number;
  /** Calls `fn` once after `ms` milliseconds, unless it is disposed before. */
  readonly after: (ms: number, fn: () => void) => Disposable;
  readonly captureContext: () => ContextRunner | undefined;
}

/** The host, the clock, the error reporting and the observer of one reactor. */
export class ReactorEnvironment implements FiringDeps {
  readonly host: TakenHost;
  readonly clock: MonotonicClock;
  readonly now: () => number;
  readonly after: (ms: number, fn: () => void) => Disposable;
  readonly captureContext: () => ContextRunner | undefined;
  readonly debug: boolean;
  observer: Observer | undefined;
  /** The number of errors reported so far. */
  errors = 0;
  readonly #onError: OnError | undefined;
  readonly #logger: Logger;
  /** The error that is being reported now. */
  #reporting: { readonly error: unknown } | undefined;

  constructor({ hostNow, now, after, captureContext }: EnvironmentHooks, options: EnvironmentOptions) {
    this.host = takeHost(options.host);
    this.#logger = options.logger ?? this.host.console;
    this.clock = new MonotonicClock(hostNow, (error) => {
      this.report(error, { kind: 'host', name: 'hostNow' });
    });
    this.now = now;
    this.after = after;
    this.captureContext = captureContext;
    this.debug = options.debug ?? false;
    this.#onError = options.onError;
    this.observer = this.#methodsOf(options.observer);
  }

  soon(fn: () => void): void {
    this.after(0, fn);
  }

  /** There is no `onError`: errors are logged, or reported to the page. */
  get logsErrors(): boolean {
    return this.#onError === undefined;
  }

  report(error: unknown, source: ErrorSource): void {
    const outer = this.#reporting;
    this.errors++;
    this.#reporting = { error };
    reportTo(this.#onError, this.host, this.#logger, error, source);
    this.#reporting = outer;
  }

  /** Reports an error of the program. `source` is checked after that, so that a wrong one loses no error (C64, C65). */
  reportFrom(error: unknown, source: object): void {
    const { kind = 'call', name = 'report' } = Object(source) as Partial<ErrorSource>; // as: callers without types pass anything
    this.report(error, { kind, name });
    checkKeys(source, SOURCE, 'report()');
  }

  /** `onError` is on the stack, called with this error. */
  isReporting(error: unknown): boolean {
    return this.#reporting !== undefined && Object.is(this.#reporting.error, error);
  }

  /** Prints a line about a problem that the program survives. */
  warn(text: string): void {
    printTo([this.#logger, this.host.console], 'warn', text);
  }

  notify<K extends keyof Observer>(method: K, ...args: Parameters<NonNullable<Observer[K]>>): void {
    const { observer } = this;
    const failed = (error: unknown): void => {
      if (this.observer !== observer) return; // report each observer once: several of its promises may reject
      this.observer = undefined;
      this.report(error, { kind: 'observer', name: method });
    };
    // as: K ties the method to its arguments, which the compiler does not follow through the union.
    guarded(() => (observer?.[method] as ((...args: unknown[]) => unknown) | undefined)?.apply(observer, args), failed);
  }

  /** Reads the methods once, so that a getter can't throw later, in the middle of a turn. */
  #methodsOf(observer: Observer | undefined): Observer | undefined {
    if (observer === undefined) return undefined;
    try {
      const methods = ['turn', 'call', 'firing', 'phase', 'trigger'] as const;
      return Object.fromEntries(methods.map((key) => [key, observer[key]?.bind(observer)]));
    } catch (error) {
      this.report(error, { kind: 'observer', name: '?' });
      return undefined;
    }
  }

  /** Reports the rejection of an async callback, so that it is no unhandled rejection (C27, C36). */
  watch(result: unknown, kind: ErrorSource['kind'], name: string): void {
    void whenSettled(result, ignore, (error) => {
      this.report(error, { kind, name });
    });
  }
}

function ignore(): void {
  // The value of a callback isn't used.
}
