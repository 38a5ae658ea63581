export type { NodeHost } from './node-host.ts';
export { createNodeReactor, NodeReactor, type NodeReactorOptions } from './node-reactor.ts';
export { runMain, runService } from './run-main.ts';
export { nodeShutdownLimits } from './shutdown-limits.ts';
export { watchdog, type WatchedRun, type Watchdog } from './watchdog.ts';
export { bridgeReactor, type BridgeReactorOptions } from './worker/bridge-reactor.ts';
export { WorkerFailedError } from './worker/errors.ts';
