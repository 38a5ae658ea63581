import type { Host, Logger } from '@triphase/core';

/** A logger that records its lines. Like those of pino, its methods use `this`. */
export class RecordingLogger implements Logger {
  readonly #lines: string[] = [];

  get lines(): readonly string[] {
    return this.#lines;
  }

  info(message: string): void {
    this.#lines.push(`info: ${message}`);
  }

  warn(message: string): void {
    this.#lines.push(`warn: ${message}`);
  }

  error(message: string): void {
    this.#lines.push(`error: ${message}`);
  }
}

/** A host record without the `reportError` of a page. as: the type of the record does not allow undefined. */
export const withoutReportError = { reportError: undefined } as unknown as Partial<Host>;
