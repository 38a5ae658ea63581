import type { HostHolders, HostPlatform } from '@triphase/core/process';
import type { DenoNamespace } from './deno-host.ts';
import type { DenoProcess, GlobalProcess } from './deno-process.ts';
import { signalNumber } from './signal-numbers.ts';

/** How a resource is named, by the name that Deno gives it. */
const WORDS: Readonly<Record<string, string | undefined>> = {
  Timeout: 'timer',
  TCPServerWrap: 'server',
  TCPSocketWrap: 'connection',
  PipeWrap: 'pipe',
  ProcessWrap: 'child process',
};

/** What only Deno knows or does of its process. */
export class DenoPlatform implements HostPlatform {
  readonly #deno: DenoNamespace;
  readonly #process: DenoProcess;
  readonly #global: GlobalProcess | undefined;

  /** `global`: the `process` of the true Deno. */
  constructor(deno: DenoNamespace, process: DenoProcess, global: GlobalProcess | undefined) {
    this.#deno = deno;
    this.#process = process;
    this.#global = global;
  }

  /** The object that holds what all reactors of the process share: a `NodeReactor` in the same process finds the same. */
  get registry(): object {
    return this.#global ?? this.#deno;
  }

  signalNumber(signal: string): number | undefined {
    return signalNumber(this.#deno.build.os, signal);
  }

  inspect(value: unknown): string {
    return this.#deno.inspect(value);
  }

  hasTerminal(): boolean {
    return this.#deno.stdin.isTerminal();
  }

  holders(): HostHolders {
    return new DenoHolders(this.#global);
  }

  /** What `console` and `process.stdout` print is written when they return. */
  pendingOutput(): number {
    return 0;
  }

  outliveParent(): void {
    // Nothing else ends a Deno whose parent is gone.
  }

  leaveParent(): void {
    this.#global?.channel?.unref();
  }

  /**
   * Needs no permission for this very process. A listener that somebody has added to `Deno` would catch it: then the exit status counts.
   */
  endBySignal(signal: string): void {
    this.#process.removeAll(signal);
    this.#global?.removeAllListeners?.(signal);
    this.#deno.kill(this.#deno.pid, signal);
  }
}

/** What keeps Deno alive, as its `process` tells. */
class DenoHolders implements HostHolders {
  readonly #global: GlobalProcess | undefined;

  constructor(global: GlobalProcess | undefined) {
    this.#global = global;
  }

  /** `server, 2 × timer`. Deno tells of what was made by functions of Node, and of timers. */
  describe(): string {
    const counts: Map<string, number> = new Map();
    for (const name of this.#global?.getActiveResourcesInfo?.() ?? []) {
      const word = WORDS[name] ?? name;
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    const describe = ([word, count]: [string, number]): string => (count > 1 ? `${String(count)} × ${word}` : word);
    return [...counts].map(describe).join(', ');
  }

  add(): void {
    // Not called: Deno emits no event for its own workers.
  }
}
