import type { Host } from '@triphase/core';

/** What a {@link BrowserReactor} takes from its host, once, in the constructor (C4). */
export interface BrowserHost extends Host {
  /** Where there is none, as in some workers, turns come by messages alone. */
  requestAnimationFrame?(callback: (time: number) => void): number;
  /** Given what `requestAnimationFrame` has returned, so that no frame is outstanding when no turn is wanted. */
  cancelAnimationFrame?(handle: number): void;
  /** Opened at the first turn that need not wait for a frame (B2); closed when the run is over. */
  readonly MessageChannel: new () => MessageChannel;
  /** Of a page. */
  readonly window?: Window;
  /** Of a page. */
  readonly document?: Document;
  /** The global scope of a worker. */
  readonly worker?: object;
}

/** What is taken here; core takes the rest. */
export type BrowserFunctions = Omit<BrowserHost, keyof Host>;

/** What a host may have or lack, whatever the compiler thinks of this one. */
interface Globals extends Partial<Omit<BrowserFunctions, 'worker'>> {
  readonly WorkerGlobalScope?: abstract new () => object;
}

/** Takes the functions of a page or a worker together; `undefined` on any other host, where only `run()` minds (C3, B14). */
export function takeBrowserHost(replacement: Partial<BrowserHost> = {}): BrowserFunctions | undefined {
  const globals: Globals = globalThis;
  const {
    requestAnimationFrame = globals.requestAnimationFrame,
    cancelAnimationFrame = globals.cancelAnimationFrame,
    MessageChannel = globals.MessageChannel,
    window = globals.window,
    document = globals.document,
    worker = workerOf(globals),
  } = replacement;
  const isPage = window !== undefined && document !== undefined;
  if (MessageChannel === undefined || !(isPage || worker !== undefined)) return undefined;
  return {
    // Browsers refuse these on an object that is not their window.
    ...(requestAnimationFrame !== undefined && {
      requestAnimationFrame: (callback) => requestAnimationFrame(callback),
    }),
    ...(cancelAnimationFrame !== undefined && {
      cancelAnimationFrame: (handle) => {
        cancelAnimationFrame(handle);
      },
    }),
    MessageChannel,
    ...(isPage && { window, document }),
    ...(worker !== undefined && { worker }),
  };
}

function workerOf({ WorkerGlobalScope }: Globals): object | undefined {
  return WorkerGlobalScope !== undefined && globalThis instanceof WorkerGlobalScope ? globalThis : undefined;
}
