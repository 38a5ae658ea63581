export type { BrowserHost } from './browser-host.ts';
export { BrowserReactor, createBrowserReactor, type BrowserReactorOptions } from './browser-reactor.ts';
