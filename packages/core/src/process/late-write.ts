import type { Logger } from '@triphase/core';
import { describeUncaught } from './output.ts';
import type { ProcessHost } from './process-host.ts';
import type { SignalOwner } from './signal-owner.ts';

interface LateWriteOptions {
  readonly logger: Logger;
  readonly isQuiet: boolean;
  readonly setsStatus: boolean;
}

/**
 * Makes the handler for a write to stdout or stderr that began in the run and fails after it. Outside of the class of the run: a closure
 * made in it would keep the reactor in memory for as long as somebody listens (benchmark: P10).
 */
export function lateWriteHandler(
  host: ProcessHost,
  owner: SignalOwner,
  { logger, isQuiet, setsStatus }: LateWriteOptions,
): (error: unknown, stream: string) => void {
  return (error, stream) => {
    if (!isQuiet) owner.output.say(describeUncaught(host, error, stream), 'error', logger);
    if (setsStatus) owner.failed();
  };
}
