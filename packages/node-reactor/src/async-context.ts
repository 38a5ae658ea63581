import type { AsyncResource } from 'node:async_hooks';
import { builtin } from './builtin.ts';

/**
 * Makes the async context of one turn. Each turn has a new one: up to Node 22 `enterWith` changes the context itself, and the next turn
 * must not see that.
 */
export function createTurnScope(): AsyncResource {
  return createResource('TriphaseTurn');
}

let resourceClass: typeof AsyncResource | undefined;

/** One is made for each turn, so the class is kept. */
export function createResource(type: string): AsyncResource {
  resourceClass ??= builtin('async_hooks').AsyncResource;
  return new resourceClass(type);
}

/**
 * Returns a function that runs `fn` in the async context of this moment (N3): `AsyncResource` costs a hundredth of
 * `AsyncLocalStorage.snapshot` on Node 20.
 */
export function inContext(fn: () => unknown): () => unknown {
  if (typeof fn !== 'function') return fn; // `callSoon` and `callLater` throw for it
  const resource = createResource('TriphaseCall');
  const bound = (): unknown => resource.runInAsyncScope(fn);
  return Object.defineProperty(bound, 'name', { value: nameOf(fn) });
}

/** Captures the async context of this moment (N3). */
export function captureContext(): (fn: () => void) => void {
  const resource = createResource('TriphaseFiring');
  return (fn) => {
    resource.runInAsyncScope(createTurnScope).runInAsyncScope(fn); // up to Node 22 `enterWith` writes into the resource
  };
}

/** A function may have a `name` that cannot be read. */
function nameOf(fn: () => unknown): string {
  try {
    return fn.name;
  } catch {
    return '?';
  }
}
