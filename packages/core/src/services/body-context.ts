import { createAsyncStorage, type AsyncStorage } from '../ground/host.ts';
import { SelfWaitError } from '../ground/errors.ts';
import { printable } from '../ground/printable.ts';
import type { Service } from './service.ts';

/** What is stored while the body of a background service runs. */
interface RunningBody {
  readonly service: Service;
  readonly isOver: boolean;
}

let storage: AsyncStorage | undefined;
let isStorageMade = false;

/** Calls a body, so that `callingService()` finds its service in all that the body calls and awaits, on hosts that have async contexts. */
export function callInBody<T>(body: RunningBody, call: () => T): T {
  if (!isStorageMade) {
    isStorageMade = true;
    storage = createAsyncStorage();
  }
  return storage === undefined ? call() : storage.run(body, call);
}

/** The service whose body has called this function, itself or through what it has started, if the host can tell. */
function callingService(): Service | undefined {
  const body = storage?.getStore() as RunningBody | undefined; // as: nothing else is stored
  return body?.isOver === false ? body.service : undefined;
}

/**
 * Returns a promise that rejects with `SelfWaitError` if the body of a service asks for a change that stops this service: the body would
 * wait for itself. The change goes on. If the body doesn't await the promise, that is no mistake, and nothing is reported.
 * `what` names the change in the message. `isStopped`: whether the change stops a service.
 */
export function refuseSelfWait(what: string, isStopped: (service: Service) => boolean): Promise<never> | undefined {
  const service = callingService();
  if (service === undefined || !isStopped(service)) return undefined;
  const name = printable(service.name);
  const refused = Promise.reject(
    new SelfWaitError(
      `The body of service "${name}" awaits ${what}, which waits for this body: return, and don't await it`,
    ),
  );
  refused.catch(() => undefined);
  return refused;
}
