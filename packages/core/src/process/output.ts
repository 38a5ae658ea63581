import { describeThrown, printable, printableLines, whenSettled, type Logger } from '@triphase/core';
import type { HostEvents, HostPlatform, HostProcess, ProcessHost } from './process-host.ts';
import { unref } from './unref.ts';

/** Different uncaught errors that are reported at most, from the start of a run on. */
const REPORTED = 10;

type StreamName = 'stdout' | 'stderr';

/**
 * What the reactors of a process print, also when it cannot be written (N23). An error that comes of printing is reported at most once, and
 * never makes another: neither a stream whose reader has gone away, nor a logger that throws or emits errors each time it is used. From
 * an error that nobody caught on, the console has all lines too, as Node does it: the logger may be what the error is of.
 */
export class Output {
  readonly #host: ProcessHost;
  /** The process is not to end with status 0. */
  readonly #fail: () => void;
  readonly #reported: Set<string> = new Set();
  #hasFailedStream = false;
  #hasThrown = false;
  /** Somebody's error was not caught, and the logger may be what it is of: all goes to the console too from then on. */
  #isSuspect = false;

  constructor(host: ProcessHost, fail: () => void) {
    this.#host = host;
    this.#fail = fail;
  }

  /** A first run begins: an error that an earlier one has reported is news again. */
  begin(): void {
    this.#reported.clear();
    this.#hasThrown = false;
    this.#isSuspect = false;
  }

  /** Prints by the logger, or by the console where that cannot. */
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

  /** Calls `tell` with the name to report an uncaught error under, unless it is a repeat, or comes of output that is known to fail. */
  report(error: unknown, origin: string, tell: (origin: string) => void): void {
    const { process } = this.#host;
    this.#isSuspect = true;
    // Where somebody else listens for the errors of a stream, this is none of them.
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

  /** For `ms` from now, an error of stdout or stderr is one of a write of the run that is just over; it holds nothing. */
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
    this.print(`the logger threw, so that its lines are printed here: ${summaryOf(error)}`, 'error');
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

/** Which streams of the process an error may be of: those that have failed. It does not say itself where it comes from. */
export function failedStreams(process: HostProcess, error: unknown): readonly StreamName[] {
  try {
    if ((error as { readonly syscall?: unknown } | null | undefined)?.syscall !== 'write') return []; // as: anything can be thrown
  } catch {
    return []; // one that cannot even be read
  }
  return (['stdout', 'stderr'] as const).filter((name) => hasFailed(process[name]));
}

/** Node mends its own streams after each error, so that `errored` is null by the time anybody hears of it. */
function hasFailed(stream: object | undefined): boolean {
  const { _writableState: state }: { readonly _writableState?: { readonly errorEmitted?: boolean } } = stream ?? {};
  return state?.errorEmitted === true;
}

/** What is printed of an error that nobody caught. No stack for a stream: its reader has gone away, and nothing here is wrong. */
export function describeUncaught({ platform }: ProcessHost, error: unknown, origin: string): string {
  // A setup has a name to look for, as a trigger has.
  if (origin === 'setup') return `${origin}: ${describeThrown(error, true)}`;
  if (!isStream(origin)) return `${origin}: ${inspected(platform, error)}`;
  const hint = (error as { readonly code?: unknown }).code === 'EPIPE' ? '; has its reader ended?' : ''; // as: it is one of a write
  return `${origin} cannot be written to (${summaryOf(error)}), so that the process stops${hint}`;
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

/** An error that nobody caught, with its properties; as core shows it where its own `stack` or inspection throws. Never throws. */
function inspected(platform: HostPlatform, value: unknown): string {
  try {
    return printableLines(platform.inspect(value));
  } catch {
    return describeThrown(value);
  }
}
