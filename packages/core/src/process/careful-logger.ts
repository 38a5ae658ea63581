import type { Logger } from '@triphase/core';
import type { ProcessHost } from './process-host.ts';
import { signalOwner } from './signal-owner.ts';

/** Wraps the program's logger for the reactor: lines that the logger fails to print go to the console (N23). */
export function carefulLogger(host: ProcessHost | undefined, logger: Logger | undefined): { readonly logger?: Logger } {
  return host === undefined || logger === undefined ? {} : { logger: new CarefulLogger(host, logger) };
}

class CarefulLogger implements Logger {
  readonly #host: ProcessHost;
  readonly #logger: Logger;

  constructor(host: ProcessHost, logger: Logger) {
    this.#host = host;
    this.#logger = logger;
  }

  info(line: string): void {
    this.#say(line, 'info');
  }

  warn(line: string): void {
    this.#say(line, 'warn');
  }

  error(line: string): void {
    this.#say(line, 'error');
  }

  #say(line: string, level: keyof Logger): void {
    signalOwner(this.#host).output.say(line, level, this.#logger);
  }
}
