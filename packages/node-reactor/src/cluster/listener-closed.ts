import { builtin } from '../builtin.ts';
import { PRIMARY_PID, type FromPrimary, type FromWorker } from './messages.ts';

/**
 * How long to wait for the primary: a worker that never closes its listener must not hold up the others. Twice the 200 ms for which
 * requests are held at most while connections still come. Milliseconds.
 */
const LIMIT_MS = 400;

/** How many listeners this process has closed. */
let count = 0;

/**
 * A worker of `runCluster` has closed a listener: resolves once its primary knows that, and in a stop of the primary once all its workers have
 * closed theirs. Until then clients that are let go would connect to a listener that is about to close. Also resolves when `hurry` aborts.
 * Undefined in any other process.
 */
export function primaryKnows(hurry: AbortSignal): Promise<void> | undefined {
  if (process.env[PRIMARY_PID] !== String(process.ppid)) return undefined;
  const { worker } = builtin('cluster');
  if (worker === undefined || hurry.aborted) return undefined;
  const closed = ++count;
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(limit);
      worker.off('message', hear);
      worker.off('disconnect', over);
      hurry.removeEventListener('abort', over);
      resolve();
    };
    const hear = (message: FromPrimary | null): void => {
      if (message?.triphase === 'closed' && message.closed >= closed) over();
    };
    const limit = setTimeout(over, LIMIT_MS);
    worker.on('message', hear);
    worker.on('disconnect', over);
    hurry.addEventListener('abort', over);
    const message: FromWorker = { triphase: 'closed', closed };
    process.send?.(message, undefined, undefined, (error) => {
      if (error !== null) over();
    });
  });
}
