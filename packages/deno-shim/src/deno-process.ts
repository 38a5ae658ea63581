import { HostMissingError } from '@triphase/core';
import type { HostInput, HostProcess } from '@triphase/core/process';
import type { GlobalEvent } from './deno-host.ts';
import type { DenoFunctions } from './take-deno-host.ts';

type Listener = (argument: unknown) => void;
type Added = readonly [event: string, listener: Listener, remove: () => void];

/** The `process` of Node that is a global of Deno too: no import, no permission. What only it has is taken from it. */
export interface GlobalProcess extends HostProcess {
  getActiveResourcesInfo?(): readonly string[];
  removeAllListeners?(event: string): unknown;
}

/** The events of Deno's global scope, by the names that Node gives them. */
const SCOPE_EVENTS: Readonly<Record<string, string | undefined>> = {
  uncaughtException: 'error',
  unhandledRejection: 'unhandledrejection',
  beforeExit: 'beforeunload',
  exit: 'unload',
};

/** Events of the channel to a parent process. */
const CHANNEL_EVENTS: readonly string[] = ['message', 'disconnect'];

/** Deno, as the process that a reactor lives in. */
export class DenoProcess implements HostProcess {
  readonly #host: DenoFunctions;
  readonly #global: GlobalProcess | undefined;
  readonly #isSignal: (event: string) => boolean;
  #added: Added[] = [];

  /** `isSignal`: whether this system has a signal of that name. */
  constructor(host: DenoFunctions, global: GlobalProcess | undefined, isSignal: (event: string) => boolean) {
    this.#host = host;
    this.#global = global;
    this.#isSignal = isSignal;
  }

  /** Throws what Deno throws for a signal that nobody can listen to, such as `SIGSEGV`. */
  on(event: string, listener: Listener): void {
    const remove = this.#add(event, listener);
    if (remove !== undefined) this.#added.push([event, listener, remove]);
  }

  off(event: string, listener: Listener): void {
    this.#remove((added) => added[0] === event && added[1] === listener);
  }

  /** Our own listeners for this event go. */
  removeAll(event: string): void {
    this.#remove((added) => added[0] === event);
  }

  listenerCount(event: string): number {
    return this.#global?.listenerCount(event) ?? 0;
  }

  /** `Deno.exitCode` is 0 where nobody has set it; only `process.exitCode` shows that somebody has set it to 0. */
  get exitCode(): HostProcess['exitCode'] {
    return this.#host.Deno.exitCode || this.#global?.exitCode;
  }

  /** `process.exitCode` sets that of `Deno` too, and is what listeners for `exit` of `process` are told. */
  set exitCode(status: HostProcess['exitCode']) {
    if (this.#global !== undefined) this.#global.exitCode = status;
    else this.#host.Deno.exitCode = Number(status ?? 0);
  }

  /** Throws `HostMissingError` where there is none. */
  get stdin(): HostInput {
    if (this.#global !== undefined) return this.#global.stdin;
    throw new HostMissingError('stdin: true needs the global process of Deno 2');
  }

  get stdout(): HostProcess['stdout'] {
    return this.#global?.stdout;
  }

  get stderr(): HostProcess['stderr'] {
    return this.#global?.stderr;
  }

  get send(): unknown {
    return this.#global?.send;
  }

  get channel(): HostProcess['channel'] {
    return this.#global?.channel;
  }

  get connected(): boolean {
    return this.#global?.connected === true;
  }

  /** By `process`, so that its listeners for `exit` hear of it; `unload` comes after them. */
  exit(status?: number): void {
    if (this.#global !== undefined) this.#global.exit(status);
    else this.#host.Deno.exit(status);
  }

  #remove(isMeant: (added: Added) => boolean): void {
    for (const [, , remove] of this.#added.filter(isMeant)) remove();
    this.#added = this.#added.filter((added) => !isMeant(added));
  }

  #add(event: string, listener: Listener): (() => void) | undefined {
    const { Deno } = this.#host;
    const scoped = SCOPE_EVENTS[event];
    if (scoped !== undefined) return this.#addToScope(scoped, listener);
    if (CHANNEL_EVENTS.includes(event)) {
      this.#global?.on(event, listener);
      return () => this.#global?.off(event, listener);
    }
    if (!this.#isSignal(event)) return undefined; // one of another system is never heard (N27)
    const hear = (): void => {
      listener(event);
    };
    Deno.addSignalListener(event, hear);
    return () => {
      Deno.removeSignalListener(event, hear);
    };
  }

  #addToScope(type: string, listener: Listener): () => void {
    const hear = (event: GlobalEvent): void => {
      if (type === 'error' || type === 'unhandledrejection') {
        event.preventDefault(); // else Deno ends the process at once
        listener(type === 'error' ? event.error : event.reason);
      } else listener(type === 'unload' ? this.#host.Deno.exitCode : undefined);
    };
    this.#host.addEventListener(type, hear);
    return () => {
      this.#host.removeEventListener(type, hear);
    };
  }
}
