import type { PendingItem } from '@triphase/core';
import { lateWriteHandler } from './late-write.ts';
import { describeUncaught, failedStreams, isStream } from './output.ts';
import { PendingLines } from './pending-lines.ts';
import type { ProcessHost } from './process-host.ts';
import type { ReactorHandle } from './reactor-handle.ts';
import type { SignalOwner } from './signal-owner.ts';

/** Prints what one run has to say: single lines, errors that have no caller, and what a long start or stop waits for (N9, N23). */
export class RunOutput {
  readonly #host: ProcessHost;
  readonly #owner: SignalOwner;
  readonly #reactor: ReactorHandle;
  #pendingLines: PendingLines | undefined;

  constructor(host: ProcessHost, owner: SignalOwner, reactor: ReactorHandle) {
    this.#host = host;
    this.#owner = owner;
    this.#reactor = reactor;
  }

  /** Prints a line by the logger. */
  say(line: string, level: 'warn' | 'error' = 'warn'): void {
    this.#owner.output.say(line, level, this.#reactor.logger);
  }

  /** Reports an error that has no caller to go to, such as an uncaught one (C48). */
  report(error: unknown, origin: string): void {
    const { onError, control } = this.#reactor;
    // A script whose output nobody reads any more stops and prints nothing, as other command line tools do (N23).
    const isQuiet = this.#isScript && isStream(origin);
    if (onError !== undefined) control.report(error, { kind: 'host', name: origin });
    else if (!isQuiet) this.say(describeUncaught(this.#host, error, origin), 'error');
  }

  /** Whether the error may come from stdout or stderr, since nobody reads it any more (N23). */
  isOutputError(error: unknown): boolean {
    return failedStreams(this.#host.process, error).length > 0;
  }

  /** Whether the program is a script that has stopped since nobody reads its output: then its end prints nothing (N23). */
  isUnread(cause: unknown): boolean {
    return this.#isScript && this.isOutputError(cause);
  }

  /**
   * Makes the handler for a write of this run that fails after the run. It doesn't keep the reactor in memory, unless that has `onError`.
   */
  lateWriteHandler(setsStatus: boolean): (error: unknown, stream: string) => void {
    const { onError, logger } = this.#reactor;
    if (onError !== undefined) {
      return (error, stream) => {
        this.report(error, stream); // by the reactor
        if (setsStatus) this.#owner.failed();
      };
    }
    return lateWriteHandler(this.#host, this.#owner, { logger, isQuiet: this.#isScript, setsStatus });
  }

  /** Begins to print again and again what is pending; in place of what it has printed so far. `delay` in milliseconds. */
  sayPending(start: string, delay: number, pending: () => readonly PendingItem[]): void {
    this.endPending();
    this.#pendingLines = new PendingLines(this.#host, start, delay, pending, (line) => {
      this.say(line);
    });
  }

  endPending(): void {
    this.#pendingLines?.end();
  }

  /** `runMain` runs it. */
  get #isScript(): boolean {
    return this.#reactor.program?.isService === false;
  }
}
