import { describeThrown, printable, whenSettled, type Logger } from '@triphase/core';
import { inspected } from './inspected.ts';
import type { NodeHost } from './node-host.ts';

/** Different uncaught errors that are reported at most, from the start of a run on. */
const REPORTED = 10;

const UNCAUGHT = 'uncaughtException';

type StreamName = 'stdout' | 'stderr';

/**
 * What the reactors of a process print, also when it cannot be written (N23). An error that comes of printing is reported at most once, and
 * never makes another: neither a stream whose reader has gone away, nor a logger that throws or emits errors each time it is used.
 */
export class Output {
  readonly #host: NodeHost;
  /** The process is not to end with status 0. */
  readonly #fail: () => void;
  readonly #reported: Set<string> = new Set();
  #hasFailedStream = false;
  #hasThrown = false;
  /** It emitted an error when it was used last: the console takes its place. */
  #isLoggerBroken = false;
  /** What the logger was given, while an error that it emits for it may still come. */
  #given: string[] = [];

  constructor(host: NodeHost, fail: () => void) {
    this.#host = host;
    this.#fail = fail;
  }

  /** A first run begins: an error that an earlier one has reported is news again. */
  begin(): void {
    this.#reported.clear();
    this.#hasThrown = false;
    this.#isLoggerBroken = false;
  }

  /** Prints by the logger, or by the console where that cannot. */
  say(line: string, level: keyof Logger, logger: Logger): void {
    const { console } = this.#host;
    if (!this.#isLoggerBroken && logger !== console) {
      this.#watch(line);
      try {
        const printed = (logger as Record<keyof Logger, (line: string) => unknown>)[level](line); // as: some return a promise
        const failed = (error: unknown): void => {
          this.#onLoggerThrown(error);
          this.#print(line, level);
        };
        void whenSettled(printed, () => undefined, failed);
        return;
      } catch (error) {
        this.#onLoggerThrown(error);
      }
    }
    this.#print(line, level);
  }

  /** Calls `tell` with the name to report an uncaught error under, unless it is a repeat, or comes of output that is known to fail. */
  report(error: unknown, origin: string, tell: (origin: string) => void): void {
    this.#takeBack();
    const { process } = this.#host;
    // Where somebody else listens for the errors of a stream, this is none of them.
    const name = failedStreams(process, error).find((failed) => process[failed].listenerCount('error') === 0);
    if (name !== undefined) {
      // From now on its errors end here: they reach neither our listeners for uncaught exceptions nor those of others.
      process[name].on('error', () => {
        this.#takeBack();
      });
      if (this.#hasFailedStream) return;
      this.#hasFailedStream = true;
      tell(name);
      return;
    }
    const text = summaryOf(error);
    if (this.#reported.has(text) || this.#reported.size >= REPORTED) return;
    this.#reported.add(text);
    tell(origin);
  }

  /**
   * An error that a logger emits comes after this tick and before the next turn; one that is thrown earlier has another cause. The run may
   * be over by then: where somebody listens for uncaught errors now, somebody does until then.
   */
  #watch(line: string): void {
    const { process, setImmediate } = this.#host;
    const isListening = process.listenerCount(UNCAUGHT) > 0;
    (process as Partial<NodeJS.Process>).nextTick?.(() => {
      // as: a fake process may have none
      this.#given.push(line);
      if (isListening) process.on(UNCAUGHT, this.#onLate);
      setImmediate(() => {
        this.#given = [];
        process.off(UNCAUGHT, this.#onLate);
      });
    });
  }

  /** A repeat, for as long as a reactor hears of it too. */
  readonly #onLate = (error: unknown): void => {
    this.report(error, 'uncaught exception', (origin) => {
      this.#print(describeUncaught(error, origin), 'error');
    });
  };

  /** The logger has emitted an error for what it was given: the console gets that, and all later lines. */
  #takeBack(): void {
    const lines = this.#given;
    if (lines.length === 0) return;
    this.#given = [];
    this.#isLoggerBroken = true;
    for (const line of lines) this.#print(line, 'error');
  }

  #onLoggerThrown(error: unknown): void {
    this.#fail();
    if (this.#hasThrown) return;
    this.#hasThrown = true;
    this.#print(`the logger threw, so that its lines are printed here: ${summaryOf(error)}`, 'error');
  }

  #print(line: string, level: keyof Logger): void {
    try {
      this.#host.console[level](line);
    } catch {
      // There is nobody left to tell.
    }
  }
}

/** Which streams of the process an error may be of: those that have failed. It does not say itself where it comes from. */
export function failedStreams(process: NodeJS.Process, error: unknown): readonly StreamName[] {
  if ((error as Partial<NodeJS.ErrnoException> | null | undefined)?.syscall !== 'write') return []; // as: anything can be thrown
  return (['stdout', 'stderr'] as const).filter((name) => hasFailed(process[name]));
}

/** Node mends its own streams after each error, so that `errored` is null by the time anybody hears of it. */
function hasFailed(stream: object): boolean {
  const { _writableState: state }: { readonly _writableState?: { readonly errorEmitted?: boolean } } = stream;
  return state?.errorEmitted === true;
}

/** What is printed of an error that nobody caught. No stack for a stream: its reader has gone away, and nothing here is wrong. */
export function describeUncaught(error: unknown, origin: string): string {
  // A setup has a name to look for, as a trigger has.
  if (origin === 'setup') return `${origin}: ${describeThrown(error, true)}`;
  if (!isStream(origin)) return `${origin}: ${inspected(error)}`;
  return `${origin} cannot be written to (${summaryOf(error)}), so that the process stops; has its reader ended?`;
}

export function isStream(origin: string): boolean {
  return origin === 'stdout' || origin === 'stderr';
}

/** On one line. */
function summaryOf(error: unknown): string {
  try {
    return printable(String(error));
  } catch {
    return 'a value that cannot be shown';
  }
}
