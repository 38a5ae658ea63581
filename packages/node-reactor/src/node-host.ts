import type { Host } from '@triphase/core';
import type nodeProcess from 'node:process';

/** What a {@link NodeReactor} takes from its host, once, in the constructor (C4). */
export interface NodeHost extends Host {
  setImmediate(callback: () => void): unknown;
  clearImmediate(handle: unknown): void;
  readonly process: typeof nodeProcess;
}

/** What is taken here; core takes the rest. */
type NodeFunctions = Pick<NodeHost, 'setImmediate' | 'clearImmediate' | 'process'>;

/** Takes Node's or Bun's functions together; `undefined` on any other host, where only `run()` minds (C3). */
export function takeNodeHost(replacement: Partial<NodeHost> = {}): NodeFunctions | undefined {
  const globals: Partial<NodeFunctions> = globalThis;
  const {
    setImmediate = globals.setImmediate,
    clearImmediate = globals.clearImmediate,
    process = globals.process,
  } = replacement;
  if (setImmediate === undefined || clearImmediate === undefined || process === undefined) return undefined;
  return { setImmediate, clearImmediate, process };
}
