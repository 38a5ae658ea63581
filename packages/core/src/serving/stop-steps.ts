import { sleep, type HostAbortSignal, type ServiceHost } from '@triphase/core';
import type { ServedExchange, ServedUpgrade } from './served-traffic.ts';

/** What the functions below need to know of a server. They are the steps of a stop that are the same for all servers. */
export interface StoppedServer {
  /** The reactor that the server belongs to. */
  readonly app: ServiceHost;
  /** Milliseconds. */
  readonly leadTime: number;
  /** Closes WebSockets in the program's own way. */
  readonly onStop: (() => unknown) | undefined;
  /** What reports call the service. */
  readonly name: string;
}

/**
 * The lead time begins. WebSockets that the program doesn't close itself are closed one after the other until its end, so that their clients
 * don't all connect to other servers at once (N16).
 */
export function closeOverLeadTime(
  { app, leadTime, onStop }: StoppedServer,
  sockets: readonly Pick<ServedUpgrade, 'close'>[],
): void {
  if (onStop !== undefined || leadTime === 0) return;
  sockets.forEach((socket, index) => {
    app.callLater((leadTime * index) / sockets.length, () => {
      socket.close();
    });
  });
}

/** No request is accepted any more: the program closes its WebSockets in its own way, or those that are left are closed now. */
export function closeNow(
  { app, onStop, name }: Omit<StoppedServer, 'leadTime'>,
  sockets: readonly Pick<ServedUpgrade, 'close'>[],
): void {
  if (onStop === undefined) {
    for (const socket of sockets) socket.close();
    return;
  }
  // An async function, so that what it throws and what it rejects with go the same way.
  const run = async (): Promise<void> => {
    await onStop();
  };
  run().catch((error: unknown) => {
    app.report(error, { kind: 'service', name: `${name} onStop` });
  });
}

/** Ends the answers of type `text/event-stream`. The program may have replaced the `end` of one, and it may throw. */
export function endEventStreams(
  { app, name, upgradeTimeout }: Pick<StoppedServer, 'app' | 'name'> & { readonly upgradeTimeout: number },
  exchanges: readonly ServedExchange[],
): void {
  const now = app.now();
  for (const exchange of exchanges) {
    if (!exchange.isEventStream) continue;
    try {
      exchange.endEventStream(now, upgradeTimeout);
    } catch (error) {
      app.report(error, { kind: 'service', name });
      exchange.destroy();
    }
  }
}

/** Resolves after `ms` milliseconds, or when `signal` aborts. */
export async function waitUnlessHurried(app: ServiceHost, ms: number, signal: HostAbortSignal): Promise<void> {
  if (ms === 0 || signal.aborted) return;
  await sleep(app, ms, { signal }).catch(() => undefined);
}
