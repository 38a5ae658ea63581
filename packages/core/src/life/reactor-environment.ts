import { reportTo } from '../ground/error-path.ts';
import type { ErrorSource, OnError } from '../ground/error-source.ts';
import type { ContextRunner, FiringDeps } from '../events/firing-deps.ts';
import type { Host, Logger } from '../ground/host.ts';
import type { Observer } from '../ground/observer.ts';
import { whenSettled } from '../ground/thenable.ts';

interface EnvironmentOptions {
  readonly host: Host;
  readonly onError: OnError | undefined;
  readonly logger: Logger;
  readonly observer: Observer | undefined;
  readonly debug: boolean;
  readonly captureContext: () => ContextRunner | undefined;
}

/** The clock, the error reporting and the observer of one reactor. */
export class ReactorEnvironment implements FiringDeps {
  readonly now: () => number;
  readonly after: (ms: number, fn: () => void) => Disposable;
  readonly debug: boolean;
  observer: Observer | undefined;
  /** The number of errors reported so far. */
  errors = 0;
  readonly #options: EnvironmentOptions;
  /** The error that is being reported now. */
  #reporting: { readonly error: unknown } | undefined;

  constructor(now: () => number, after: (ms: number, fn: () => void) => Disposable, options: EnvironmentOptions) {
    this.now = now;
    this.after = after;
    this.debug = options.debug;
    this.#options = options;
    this.observer = this.#methodsOf(options.observer);
  }

  soon(fn: () => void): void {
    this.after(0, fn);
  }

  captureContext(): ContextRunner | undefined {
    return this.#options.captureContext();
  }

  /** There is no `onError`: errors are logged, or reported to the page. */
  get logs(): boolean {
    return this.#options.onError === undefined;
  }

  report(error: unknown, source: ErrorSource): void {
    const { onError, host, logger } = this.#options;
    const outer = this.#reporting;
    this.errors++;
    this.#reporting = { error };
    reportTo(onError, host, logger, error, source);
    this.#reporting = outer;
  }

  /** `onError` is on the stack, called with this error. */
  isReporting(error: unknown): boolean {
    return this.#reporting !== undefined && Object.is(this.#reporting.error, error);
  }

  notify<K extends keyof Observer>(method: K, ...args: Parameters<NonNullable<Observer[K]>>): void {
    const { observer } = this;
    const failed = (error: unknown): void => {
      if (this.observer !== observer) return; // report each observer once: several of its promises may reject
      this.observer = undefined;
      this.report(error, { kind: 'observer', name: method });
    };
    try {
      // as: K ties the method to its arguments, which the compiler does not follow through the union.
      const result = (observer?.[method] as ((...args: unknown[]) => unknown) | undefined)?.apply(observer, args);
      if (result !== undefined) void whenSettled(result, ignore, failed);
    } catch (error) {
      failed(error);
    }
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
    if (typeof result !== 'object' && typeof result !== 'function') return; // no thenable
    void whenSettled(result, ignore, (error) => {
      this.report(error, { kind, name });
    });
  }
}

function ignore(): void {
  // The value of a callback isn't used.
}
