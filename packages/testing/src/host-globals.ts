import type { Logger } from '@triphase/core';

/** An event target of the host: a page, a worker, Deno. */
interface GlobalEventTarget {
  addEventListener?(
    type: string,
    listener: (event: { readonly reason?: unknown; preventDefault(): void }) => void,
  ): void;
  removeEventListener?(
    type: string,
    listener: (event: { readonly reason?: unknown; preventDefault(): void }) => void,
  ): void;
}

/** The part of `process` that the kit looks at, on Node and Bun. */
interface ProcessLike {
  on(event: string, listener: (...args: readonly unknown[]) => void): unknown;
  off(event: string, listener: (...args: readonly unknown[]) => void): unknown;
  eventNames?(): readonly (string | symbol)[];
  listenerCount?(event: string | symbol): number;
  getActiveResourcesInfo?(): readonly string[];
}

interface ChannelLike {
  readonly port1: { onmessage: (() => void) | null };
  readonly port2: { postMessage(message: unknown): void };
}

interface HostGlobals extends GlobalEventTarget {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  readonly console: Logger;
  readonly setImmediate?: ((callback: () => void) => unknown) & { readonly clock?: unknown };
  readonly MessageChannel?: new () => ChannelLike;
  readonly process?: ProcessLike;
}

// The one place that says what the global object has, whichever host's types the compiler loads (page.ts needs those of a page).
export const hostGlobals: HostGlobals = globalThis as unknown as HostGlobals;

/** Milliseconds. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

// Taken when the module is loaded, so that fake timers installed by a test later do not stop the kit itself.
const { setTimeout, clearTimeout, setImmediate, MessageChannel } = hostGlobals;

/**
 * Calls `callback` by a timer of the real host, also when a test has replaced `setTimeout` since. Returns a function that cancels it. With
 * `Infinity` it is never called.
 */
export function realTimeout(ms: number, callback: () => void): () => void {
  if (ms > LONGEST_TIMEOUT) return () => undefined; // a host would call it at once
  const handle = setTimeout(callback, ms);
  return () => {
    clearTimeout(handle);
  };
}

/**
 * How many things hold the host alive, as far as it tells: undefined where it does not, such as on Bun, whose list is always empty. What is
 * unref'd is none of them.
 */
export function countHolders(): number | undefined {
  const { process } = hostGlobals;
  const count = (): number => process?.getActiveResourcesInfo?.().length ?? 0;
  const before = count();
  const cancel = realTimeout(1, () => undefined);
  const tells = count() > before;
  cancel();
  return tells ? before : undefined;
}

/**
 * Resolves in a macrotask of the real host: by then every promise job that could run has run, however deep its awaits go.
 * It touches neither the clock nor, where it can be helped, a timer.
 */
export function nextMacrotask(): Promise<void> {
  return new Promise(enqueueMacrotask);
}

const enqueueMacrotask: (callback: () => void) => void = chooseMacrotask();

function chooseMacrotask(): (callback: () => void) => void {
  // Fake timers leave their clock on the functions they replace.
  if (setImmediate !== undefined && setImmediate.clock === undefined) return (callback) => void setImmediate(callback);
  if (MessageChannel !== undefined) {
    let channel: ChannelLike | undefined;
    const waiting: (() => void)[] = [];
    return (callback) => {
      channel ??= openChannel(MessageChannel, () => waiting.shift()?.());
      waiting.push(callback);
      channel.port2.postMessage(undefined);
    };
  }
  return (callback) => void setTimeout(callback, 0);
}

function openChannel(Channel: new () => ChannelLike, onMessage: () => void): ChannelLike {
  const channel = new Channel();
  channel.port1.onmessage = onMessage;
  return channel;
}

/** Hears promises that nobody handles, until the function it returns is called. */
export function watchUnhandledRejections(hear: (reason: unknown) => void): () => void {
  const { process } = hostGlobals;
  if (process?.listenerCount !== undefined) {
    process.on('unhandledRejection', hear);
    return () => void process.off('unhandledRejection', hear);
  }
  const listener = (event: { readonly reason?: unknown; preventDefault(): void }): void => {
    event.preventDefault();
    hear(event.reason);
  };
  hostGlobals.addEventListener?.('unhandledrejection', listener);
  return () => {
    hostGlobals.removeEventListener?.('unhandledrejection', listener);
  };
}
