import type { Host } from '@triphase/core';

/** What a {@link NodeReactor} takes from its host, once, in the constructor (C4). */
export interface NodeHost extends Host {
  setImmediate(callback: () => void): unknown;
  clearImmediate(handle: unknown): void;
  readonly process: NodeJS.Process;
}

/** Takes Node's or Bun's functions together; `undefined` on any other host, where only `run()` minds (C3). */
export function takeNodeHost(replacement: Partial<NodeHost> = {}): NodeHost | undefined {
  const globals: Partial<NodeHost> & typeof globalThis = globalThis;
  const {
    setImmediate = globals.setImmediate,
    clearImmediate = globals.clearImmediate,
    process = globals.process,
    setTimeout = globals.setTimeout as NodeHost['setTimeout'],
    clearTimeout = globals.clearTimeout as NodeHost['clearTimeout'],
    console = globals.console,
    now = () => globals.performance.now(),
  } = replacement;
  if (setImmediate === undefined || clearImmediate === undefined || process === undefined) return undefined;
  return { setImmediate, clearImmediate, process, setTimeout, clearTimeout, console, now };
}
