/** Host functions that a reactor takes into its record, as paths from the global object. */
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

/** Other functions that importing and constructing must not call: listeners, clocks, random sources. */
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

/** Global functions that are replaced until `restore()` is called. */
export interface GlobalTraps {
  /** The paths of the replaced functions that were called, in order. */
  readonly calls: readonly string[];
  restore(): void;
}

/**
 * Replaces the functions at these paths and records their calls. Functions that the host lacks or protects are left out.
 *
 * @param forward - Whether a replaced function still calls the original. Otherwise it does nothing.
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
    // The message never arrives.
  }

  start(): void {
    // No message arrives.
  }

  close(): void {
    // Nothing to close.
  }
}
