import { describeThrown, printable, printableLines, whenSettled, type Logger } from '@triphase/core';
import type { HostEvents, HostPlatform, HostProcess, ProcessHost } from './process-host.ts';
import { unref } from './unref.ts';

/** The maximum number of different uncaught errors that are reported, counted from the start of a run. */
const REPORTED = 10;

type StreamName = 'stdout' | 'stderr';

/**
 * Prints the lines of all reactors in a process, and deals with output that fails (N23). A failure to print is reported at most once, and
 * never causes another one: a stream that nobody reads any more fails at each write, and a logger may throw at each line. After an uncaught
 * error all lines go to the console too, where Node prints such errors: the error may come from the logger.
 */
export class Output {
  readonly #host: ProcessHost;
  /** Makes sure that the process doesn't end with status 0. */
  readonly #fail: () => void;
  readonly #reported: Set<string> = new Set();
  #hasFailedStream = false;
  #hasThrown = false;
  /** There was an uncaught error, and it may come from the logger: from then on all lines go to the console too. */
  #isSuspect = false;

  constructor(host: ProcessHost, fail: () => void) {
    this.#host = host;
    this.#fail = fail;
  }

  /** A run begins, and no other one is under way: errors that an earlier run has reported are reported again. */
  begin(): void {
    this.#reported.clear();
    this.#hasThrown = false;
    this.#isSuspect = false;
  }

  /** Prints a line with the logger, or with the console if the logger fails. */
  say(line: string, level: keyof Logger, logger: Logger): void {
    const { console } = this.#host;
    if (logger !== console) {
      try {
        const printed = (logger as Record<keyof Logger, (line: string) => unknown>)[level](line); // as: some return a promise
        const failed = (error: unknown): void => {
          this.#onLoggerThrown(error);
          this.print(line, level);
        };
        void whenSettled(printed, () => undefined, failed);
        if (!this.#isSuspect) return;
      } catch (error) {
        this.#onLoggerThrown(error);
      }
    }
    this.print(line, level);
  }

  /**
   * Calls `tell` to report an uncaught error, with the origin to name in the report. Not for an error that was reported before, nor for one
   * of a stream that is known to fail.
   */
  report(error: unknown, origin: string, tell: (origin: string) => void): void {
    const { process } = this.#host;
    this.#isSuspect = true;
    // If somebody else listens for the errors of a stream, it isn't an error of that stream: it would have gone to the listener.
    const name = failedStreams(process, error).find((failed) => process[failed]?.listenerCount('error') === 0);
    if (name !== undefined) {
      // From now on its errors end here: they reach neither our listeners for uncaught exceptions nor those of others.
      process[name]?.on('error', () => undefined);
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
   * For `ms` milliseconds from now, an error of stdout or stderr counts as one of the run that has just ended: its last writes may fail
   * late. The timer doesn't keep the process alive.
   */
  linger(ms: number, failed: (error: unknown, name: StreamName) => void): void {
    const { process, setTimeout } = this.#host;
    for (const name of ['stdout', 'stderr'] as const) {
      const stream: Partial<HostEvents> | undefined = process[name];
      if (stream?.listenerCount?.('error') !== 0) continue; // somebody else decides, or it is a fake one
      const hear = (error: unknown): void => {
        if (!this.#hasFailedStream) failed(error, name);
        this.#hasFailedStream = true;
      };
      stream.on?.('error', hear);
      unref(setTimeout(() => stream.off?.('error', hear), ms));
    }
  }

  #onLoggerThrown(error: unknown): void {
    this.#fail();
    if (this.#hasThrown) return;
    this.#hasThrown = true;
    this.print(`the logger threw, so its lines are printed here: ${summaryOf(error)}`, 'error');
  }

  /** By the console, whatever the logger is. */
  print(line: string, level: keyof Logger): void {
    try {
      this.#host.console[level](line);
    } catch {
      // There is nobody left to tell.
    }
  }
}

/** The streams of the process that an error may come from: those that have failed. The error itself doesn't say which. */
export function failedStreams(process: HostProcess, error: unknown): readonly StreamName[] {
  try {
    if ((error as { readonly syscall?: unknown } | null | undefined)?.syscall !== 'write') return []; // as: anything can be thrown
  } catch {
    return []; // one that cannot even be read
  }
  return (['stdout', 'stderr'] as const).filter((name) => hasFailed(process[name]));
}

/** Node resets its own streams after each error, so `errored` is null by the time a listener is called. */
function hasFailed(stream: object | undefined): boolean {
  const { _writableState: state }: { readonly _writableState?: { readonly errorEmitted?: boolean } } = stream ?? {};
  return state?.errorEmitted === true;
}

/**
 * The text that is printed for an uncaught error. No stack for an error of a stream: nobody reads it any more, and the program is not at
 * fault.
 */
export function describeUncaught({ platform }: ProcessHost, error: unknown, origin: string): string {
  // The name `setup` says where to look, so a system error needs no stack.
  if (origin === 'setup') return `${origin}: ${describeThrown(error, true)}`;
  if (!isStream(origin)) return `${origin}: ${inspected(platform, error)}`;
  const hint = (error as { readonly code?: unknown }).code === 'EPIPE' ? '; has its reader ended?' : ''; // as: it is one of a write
  return `${origin} cannot be written to (${summaryOf(error)}), so the process stops${hint}`;
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

/** The text of an uncaught error with its properties, by the inspection of the host. If that throws, by `describeThrown`. Never throws. */
function inspected(platform: HostPlatform, value: unknown): string {
  try {
    return printableLines(platform.inspect(value));
  } catch {
    return describeThrown(value);
  }
}
