import type { HostHolders, HostPlatform } from '@triphase/core/process';
import type { DenoNamespace } from './deno-host.ts';
import type { GlobalProcess } from './deno-process.ts';
import { signalNumber } from './signal-numbers.ts';

/** What only Deno knows or does of its process. */
export class DenoPlatform implements HostPlatform {
  readonly #deno: DenoNamespace;
  readonly #global: GlobalProcess | undefined;

  /** `global`: the `process` of the true Deno. */
  constructor(deno: DenoNamespace, global: GlobalProcess | undefined) {
    this.#deno = deno;
    this.#global = global;
  }

  /** A `NodeReactor` in the same process has the same owner. */
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

  ownParent(): void {
    // Nothing else ends a Deno whose parent is gone.
  }

  leaveParent(): void {
    this.#global?.channel?.unref();
  }

  /** Needs no permission for this very process. */
  endBySignal(signal: string): void {
    this.#deno.kill(this.#deno.pid, signal);
  }
}

/** What keeps Deno alive, as its `process` tells. */
class DenoHolders implements HostHolders {
  readonly #global: GlobalProcess | undefined;

  constructor(global: GlobalProcess | undefined) {
    this.#global = global;
  }

  /** `server, 2 × timer`. */
  describe(): string {
    const counts: Map<string, number> = new Map();
    for (const name of this.#global?.getActiveResourcesInfo?.() ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
    const describe = ([name, count]: [string, number]): string => {
      const word = name === 'Timeout' ? 'timer' : name;
      return count > 1 ? `${String(count)} × ${word}` : word;
    };
    return [...counts].map(describe).join(', ');
  }

  add(): void {
    // Deno's own workers come without an event.
  }
}
