/** Functions of the host that a reactor takes into its record, as paths from the global object. */
export const hostFunctions: readonly string[] = [
  'setTimeout',
  'clearTimeout',
  'setImmediate',
  'clearImmediate',
  'requestAnimationFrame',
  'cancelAnimationFrame',
  'MessageChannel',
  'performance.now',
];

/** What else must not be touched by importing or constructing: listeners, clocks, random sources. */
export const otherFunctions: readonly string[] = [
  'setInterval',
  'queueMicrotask',
  'addEventListener',
  'Date.now',
  'Math.random',
  'crypto.getRandomValues',
  'crypto.randomUUID',
  'process.on',
  'process.once',
  'process.addListener',
  'process.prependListener',
];

/** Global functions that are replaced until `restore()`. */
export interface GlobalTraps {
  /** The paths of those that were called, in order. */
  readonly calls: readonly string[];
  restore(): void;
}

/**
 * Replaces the functions at these paths, as far as the host has them and lets them be replaced, and records calls of them. `forward`: they
 * still do what they did; else they do nothing, as fake timers that nobody advances.
 */
export function trapGlobals(paths: readonly string[], { forward }: { readonly forward: boolean }): GlobalTraps {
  const calls: string[] = [];
  const restores = paths.map((path) => {
    const { owner, name } = locate(path);
    const real: unknown = owner === undefined ? undefined : Reflect.get(owner, name);
    if (owner === undefined || typeof real !== 'function') return () => undefined;
    const own = Reflect.getOwnPropertyDescriptor(owner, name);
    const trap = function (this: unknown, ...args: unknown[]): unknown {
      calls.push(path);
      // as: the compiler thinks that a function with `new.target` is always called with `new`.
      const isConstructed = (new.target as unknown) !== undefined;
      if (!forward) return isConstructed ? new DeadChannel() : 0;
      return isConstructed ? Reflect.construct(real, args) : Reflect.apply(real, this, args);
    };
    const replaced = Reflect.defineProperty(owner, name, { value: trap, configurable: true, writable: true });
    return () => {
      if (!replaced) return;
      if (own === undefined) Reflect.deleteProperty(owner, name);
      else Reflect.defineProperty(owner, name, own);
    };
  });
  return {
    calls,
    restore: () => {
      for (const restore of restores) restore();
    },
  };
}

function locate(path: string): { readonly owner: object | undefined; readonly name: string } {
  const names = path.split('.');
  const name = names.pop() ?? path;
  let owner: unknown = globalThis;
  for (const step of names) owner = typeof owner === 'object' && owner !== null ? Reflect.get(owner, step) : undefined;
  return { owner: typeof owner === 'object' && owner !== null ? owner : undefined, name };
}

/** A channel whose messages never arrive. */
class DeadChannel {
  readonly port1: object = new DeadPort();
  readonly port2: object = new DeadPort();
}

class DeadPort {
  onmessage: unknown = null;

  postMessage(): void {
    // Never delivered.
  }

  start(): void {
    // Nothing comes.
  }

  close(): void {
    // Nothing was open.
  }
}
