import { builtin } from './builtin.ts';
import type { NodeHost } from './node-host.ts';

/**
 * The channel to the primary of a cluster holds its worker: closes it in the next turn of the loop, so that the process can end by itself
 * (N13). Returns how to cancel that.
 */
export function leaveCluster({ process, setImmediate, clearImmediate }: NodeHost): (() => void) | undefined {
  // Only the true process, and one with a channel: most programs never load the module.
  if (process !== globalThis.process || !process.connected) return undefined;
  const { isWorker, worker } = builtin('cluster');
  if (!isWorker || worker === undefined) return undefined;
  const handle = setImmediate(() => {
    worker.disconnect();
  });
  return () => {
    clearImmediate(handle);
  };
}
