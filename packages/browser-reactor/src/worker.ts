import type { AnyEvents } from '@triphase/core';
import { BrowserReactor, type BrowserReactorOptions } from './browser-reactor.ts';

export type { BrowserHost } from './browser-host.ts';
export { BrowserReactor, type BrowserReactorOptions } from './browser-reactor.ts';
export type { FrameClock } from './clock-rate.ts';
export type { Frame, FrameCallback, FrameOptions, FramePhases } from './frame-callbacks.ts';
export type { FrameGiver } from './frame-giver.ts';
export type { PageDetail, PageEvents } from './page-events.ts';
export type { PageHandle } from './page-handle.ts';

/**
 * A reactor for a dedicated worker (B7): turns by the worker's frames where it has them, else by messages. It fires the events of the page
 * that has called `bridgePage(worker)`; without a bridge it takes the page for visible. Messages that come before it is run are not heard: run it
 * in the first task of the worker.
 *
 * @example
 * const reactor = createWorkerReactor();
 * reactor.on('suspend', () => socket.close());
 * void reactor.run();
 */
export function createWorkerReactor<E extends object = AnyEvents>(options?: BrowserReactorOptions): BrowserReactor<E> {
  return new BrowserReactor(options);
}
