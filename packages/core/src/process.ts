/**
 * For runtime packages whose host has a process (node-reactor, deno-shim): signals, the exit status, the lines that say what a start or stop
 * waits for, and the end of the process. Programs use `runService` and `runMain` of those packages instead.
 *
 * The files of `process/` import core by its package name, as the runtime packages do: they use only what core exports.
 */
export { carefulLogger } from './process/careful-logger.ts';
export { checkProcessOptions } from './process/check-process-options.ts';
export { handleOf } from './process/handle-of.ts';
export { keepAlive } from './process/keep-alive.ts';
export { statusOf } from './process/exit-status.ts';
export { LONGEST_TIMEOUT } from './process/longest-timeout.ts';
export { MainProgram } from './process/main-program.ts';
export { describeWaiting } from './process/pending-lines.ts';
export type { HostHolders, HostInput, HostPlatform, HostProcess, ProcessHost } from './process/process-host.ts';
export { ProcessLife } from './process/process-life.ts';
export type { ProcessLifeOptions, ReactorHandle } from './process/reactor-handle.ts';
export { unref } from './process/unref.ts';
export type { Program } from './process/program.ts';
export { ServiceProgram } from './process/service-program.ts';
export { failProcess } from './process/signal-owner.ts';
export { processShutdownLimits } from './process/shutdown-limits.ts';
export { describeUnusedServers, unusedServers } from './process/unused-servers.ts';
