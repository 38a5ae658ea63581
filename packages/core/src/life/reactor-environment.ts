import { reportTo } from '../ground/error-path.ts';
import type { ErrorSource, OnError } from '../ground/error-source.ts';
import type { ContextRunner, FiringDeps } from '../events/firing-deps.ts';
import type { Host, Logger } from '../ground/host.ts';
import type { Observer } from '../ground/observer.ts';
import { whenSettled } from '../ground/thenable.ts';

interface Watchers {
  readonly host: Host;
  readonly onError: OnError | undefined;
  readonly logger: Logger;
  readonly observer: Observer | undefined;
  readonly debug: boolean;
  readonly captureContext: () => ContextRunner | undefined;
}

/** A reactor's own: its clock, its one error path, its observer. */
export class ReactorEnvironment implements FiringDeps {
  readonly now: () => number;
  readonly after: (ms: number, fn: () => void) => Disposable;
  readonly debug: boolean;
  observer: Observer | undefined;
  /** Errors reported so far. */
  errors = 0;
  readonly #watchers: Watchers;

  constructor(now: () => number, after: (ms: number, fn: () => void) => Disposable, watchers: Watchers) {
    this.now = now;
    this.after = after;
    this.debug = watchers.debug;
    this.#watchers = watchers;
    this.observer = this.#methodsOf(watchers.observer);
  }

  captureContext(): ContextRunner | undefined {
    return this.#watchers.captureContext();
  }

  /** Errors are logged, or shown by the page: no program takes them. */
  get logs(): boolean {
    return this.#watchers.onError === undefined;
  }

  report(error: unknown, source: ErrorSource): void {
    const { onError, host, logger } = this.#watchers;
    this.errors++;
    reportTo(onError, host, logger, error, source);
  }

  notify<K extends keyof Observer>(method: K, ...args: Parameters<NonNullable<Observer[K]>>): void {
    const { observer } = this;
    const failed = (error: unknown): void => {
      if (this.observer !== observer) return; // what it has begun may fail more than once
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

  /** Read once: a getter that throws later would break what is observed. */
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

  /** An async callback that fails is an error like any other, never an unhandled rejection (C27, C36). */
  watch(result: unknown, kind: ErrorSource['kind'], name: string): void {
    if (typeof result !== 'object' && typeof result !== 'function') return; // most callbacks return nothing of interest
    void whenSettled(result, ignore, (error) => {
      this.report(error, { kind, name });
    });
  }
}

function ignore(): void {
  // Nobody asks what a callback gives.
}
