export { bridgePage } from './bridge.ts';
export type { BrowserHost } from './browser-host.ts';
export { BrowserReactor, createBrowserReactor, type BrowserReactorOptions } from './browser-reactor.ts';
export type { FrameClock } from './clock-rate.ts';
export type { Frame, FrameCallback, FrameOptions, FramePhases } from './frame-callbacks.ts';
export type { FrameGiver } from './frame-giver.ts';
export type { PageDetail, PageEvents } from './page-events.ts';
export type { PageHandle } from './page-handle.ts';
