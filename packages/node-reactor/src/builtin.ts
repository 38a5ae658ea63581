import type * as asyncHooks from 'node:async_hooks';
import type * as childProcess from 'node:child_process';
import type { Cluster } from 'node:cluster';
import type * as diagnosticsChannel from 'node:diagnostics_channel';
import type * as fs from 'node:fs';
import type * as os from 'node:os';
import type * as timers from 'node:timers';
import type * as tty from 'node:tty';
import type * as util from 'node:util';
import type * as workerThreads from 'node:worker_threads';

interface Modules {
  readonly async_hooks: typeof asyncHooks;
  readonly child_process: typeof childProcess;
  readonly cluster: Cluster;
  readonly diagnostics_channel: typeof diagnosticsChannel;
  readonly fs: typeof fs;
  readonly os: typeof os;
  readonly timers: typeof timers;
  readonly tty: typeof tty;
  readonly util: typeof util;
  readonly worker_threads: typeof workerThreads;
}

/**
 * A module of Node, loaded when it is first needed: an import of this package loads none. So the import costs less (benchmark: P12), and
 * works where there is no Node (C3).
 */
export function builtin<Name extends keyof Modules>(name: Name): Modules[Name] {
  return globalThis.process.getBuiltinModule(`node:${name}`) as unknown as Modules[Name]; // as: the types give the namespace of node:cluster, not the `Cluster` object
}
