import type { Logger } from '@triphase/core';
import type { ProcessHost } from './process-host.ts';
import { signalOwner } from './signal-owner.ts';

/** The option `logger` for core, so that what core prints is not lost in a logger that is broken either (N23). */
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
