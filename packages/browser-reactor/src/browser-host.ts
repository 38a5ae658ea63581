import type { Host } from '@triphase/core';
import { inFlightOf, type InFlight } from './beacon.ts';

/** What a {@link BrowserReactor} takes from its host, once, in the constructor (C4). */
export interface BrowserHost extends Host {
  /** Where there is none, as in some workers, turns come by messages alone, and no frame callback is called. */
  requestAnimationFrame?(callback: (time: number) => void): number;
  /** Given what `requestAnimationFrame` has returned, so that no frame is outstanding when none is wanted. */
  cancelAnimationFrame?(handle: number): void;
  /** Where there is one, tasks of priority `idle` take what is left of a frame (B24). */
  requestIdleCallback?(callback: (deadline: { timeRemaining(): number }) => void): number;
  /** Given what `requestIdleCallback` has returned. */
  cancelIdleCallback?(handle: number): void;
  /** Opened at the first turn that need not wait for a frame (B2); closed when the run is over. Where there is none, timers of 0 ms are used (B19). */
  readonly MessageChannel?: new () => MessageChannel;
  /** Of a page: hears that it goes away and comes back. */
  readonly window?: Window;
  /** Of a page: how far it is loaded, and whether it is shown. */
  readonly document?: Document;
  /** Its `sendBeacon` is what {@link BrowserReactor.send} uses, where there is one. */
  readonly navigator?: Partial<Pick<Navigator, 'sendBeacon'>>;
  /** What {@link BrowserReactor.send} uses elsewhere, as in workers; always with `keepalive`. */
  fetch?(url: string, init: RequestInit): Promise<unknown>;
  /** The global scope of a worker: hears what `bridgePage` tells it (B7). */
  readonly worker?: EventTarget;
}

/** The functions of the host that this package uses. Core takes those of `Host` itself. */
export type BrowserFunctions = {
  readonly [K in Exclude<keyof BrowserHost, keyof Host>]: BrowserHost[K] | undefined;
} & {
  /** What `fetch` has under way, with `keepalive`. */
  readonly inFlight: InFlight | undefined;
};

/** The global object, of which each property may be missing. The types of the compiler say that all are there. */
interface Globals extends Partial<Omit<BrowserHost, keyof Host | 'worker'> & Pick<Host, 'setTimeout'>> {
  readonly WorkerGlobalScope?: abstract new () => EventTarget;
}

/**
 * Takes the functions of a page or a worker together; returns `undefined` on any other host: that is no error before `run()` is called (C3,
 * B14).
 *
 * Where `setTimeout` is fake, the host's frames and channels are taken only if they are fake too: nothing is to run before a test advances
 * its clock (C4, B19).
 */
export function takeBrowserHost(replacement: Partial<BrowserHost> = {}): BrowserFunctions | undefined {
  const globals: Globals = globalThis;
  const {
    setTimeout = globals.setTimeout,
    requestAnimationFrame = unlessReal(globals.requestAnimationFrame, setTimeout),
    cancelAnimationFrame = globals.cancelAnimationFrame,
    requestIdleCallback = unlessReal(globals.requestIdleCallback, setTimeout),
    cancelIdleCallback = globals.cancelIdleCallback,
    fetch = globals.fetch,
    MessageChannel = unlessReal(globals.MessageChannel, setTimeout),
    window = globals.window,
    document = globals.document,
    navigator = globals.navigator,
    worker = workerOf(globals),
  } = replacement;
  if ((window === undefined || document === undefined) && worker === undefined) return undefined;
  return {
    // Browsers throw "Illegal invocation" if these are called as methods of an object that is not their window.
    requestAnimationFrame: requestAnimationFrame && ((callback) => requestAnimationFrame(callback)),
    cancelAnimationFrame:
      cancelAnimationFrame &&
      ((handle) => {
        cancelAnimationFrame(handle);
      }),
    requestIdleCallback: requestIdleCallback && ((callback) => requestIdleCallback(callback)),
    cancelIdleCallback:
      cancelIdleCallback &&
      ((handle) => {
        cancelIdleCallback(handle);
      }),
    fetch: fetch && ((url, init) => fetch(url, init)),
    inFlight: fetch && inFlightOf(fetch),
    MessageChannel,
    navigator,
    window,
    document,
    worker,
  };
}

/** What this host lacks to be a page or a worker, for the message of an error. */
export function missingFrom(replacement: object = {}): string {
  const names = ['window', 'document', 'WorkerGlobalScope'].filter((n) => !(n in replacement || n in globalThis));
  return names.join(', ');
}

/** Returns `undefined` if `fn` is real and `setTimeout` is fake; else `fn`. */
function unlessReal<F>(fn: F, setTimeout: unknown): F | undefined {
  return isFake(setTimeout) && !isFake(fn) ? undefined : fn;
}

/** Whether `fn` is one of `@sinonjs/fake-timers`, which jest, vitest and sinon install: those have their clock as a property. */
function isFake(fn: unknown): boolean {
  return typeof fn === 'function' && 'clock' in fn;
}

function workerOf({ WorkerGlobalScope }: Globals): EventTarget | undefined {
  return WorkerGlobalScope !== undefined && globalThis instanceof WorkerGlobalScope ? globalThis : undefined;
}
