import type { RunResult } from './run-result.ts';

/** The start failed: what `run()` rejects with (C26). `errors` are those of the result. */
export class StartupFailedError extends AggregateError {
  /** {@inheritDoc TriphaseError.code} */
  declare readonly code: 'ERR_TRIPHASE_STARTUP_FAILED';
  /** What `run()` would have resolved with; `result.reason.cause` is the first error that ended the start. */
  declare readonly result: RunResult;
  static {
    const { prototype } = this;
    // It is an `instanceof AggregateError`, but is constructed as an `Error`. If it were a true AggregateError, Bun would print only its
    // parts, and Node all of them after it.
    Object.setPrototypeOf(this, Error);
    Object.defineProperties(prototype, {
      code: { value: 'ERR_TRIPHASE_STARTUP_FAILED', enumerable: true },
      [Symbol.for('nodejs.util.inspect.custom')]: {
        value(this: StartupFailedError) {
          return this.stack;
        },
      },
    });
  }
  /**
   * `shown` replaces the stack, which would only show the turn that ended the start. It is the part of the error that was not logged yet
   * (N28).
   */
  constructor(message: string, result: RunResult, shown: string = message) {
    const limit: unknown = Reflect.get(Error, 'stackTraceLimit');
    Reflect.set(Error, 'stackTraceLimit', 0); // so that V8 doesn't print the line of this constructor
    super(message as never); // as: it is `Error` that is called
    Reflect.set(Error, 'stackTraceLimit', limit);
    // Programs can use the proxy as an array. Deno doesn't take it for one: otherwise it would print each error again with its stack.
    const errors = new Proxy(result.errors, {});
    Object.defineProperties(this, {
      result: { value: result },
      errors: { get: () => errors },
      stack: { value: `${this.name}: ${shown}`, configurable: true, writable: true },
    });
  }
  /** The name of the class. A minifier may have shortened it. */
  override get name(): string {
    return this.constructor.name;
  }
}
