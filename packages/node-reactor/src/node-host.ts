import type { Host } from '@triphase/core';
import type { HostPlatform } from '@triphase/core/process';
import type nodeProcess from 'node:process';
import { NodePlatform } from './node-platform.ts';

/** What a {@link NodeReactor} takes from its host, once, in the constructor (C4). */
export interface NodeHost extends Host {
  /** Gives a turn: a macrotask of its own, after what the loop has polled. */
  setImmediate(callback: () => void): unknown;
  /** Takes a turn back. */
  clearImmediate(handle: unknown): void;
  /** Signals, uncaught errors, and the exit status. */
  readonly process: typeof nodeProcess;
}

/** A host that is whole, and what only Node and Bun know of it. */
export type TakenNodeHost = NodeHost & { readonly platform: HostPlatform };

type HostGlobals = Partial<NodeHost> & { readonly performance?: { now(): number } };

/** Takes Node's or Bun's functions together; returns `undefined` on any other host: that is no error before `run()` is called (C3). */
export function takeNodeHost(replacement: Partial<NodeHost> = {}): TakenNodeHost | undefined {
  const { setImmediate, clearImmediate, process, setTimeout, clearTimeout, console, performance } =
    globalThis as unknown as HostGlobals; // as: a reactor may be constructed where some of these are missing
  const now = performance?.now; // read here: a clock that is faked later must not reach a reactor that is wholly real (C4)
  const host: Partial<NodeHost> = {
    ...(setImmediate && clearImmediate && { setImmediate, clearImmediate: clearImmediate }),
    ...(setTimeout && clearTimeout && { setTimeout, clearTimeout: clearTimeout }),
    ...(process && { process }),
    ...(console && { console }),
    ...(now && { now: () => now.call(performance) }),
    ...replacement,
  };
  return isWhole(host) ? { ...host, platform: new NodePlatform(host.process) } : undefined;
}

function isWhole(host: Partial<NodeHost>): host is NodeHost {
  return host.setImmediate !== undefined && host.clearImmediate !== undefined && host.process !== undefined;
}
