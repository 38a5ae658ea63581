import type { HostPlatform } from '@triphase/core/process';
import type { DenoNamespace } from './deno-host.ts';
import type { GlobalProcess } from './deno-process.ts';
import { signalNumber } from './signal-numbers.ts';

/** What only Deno knows or does of its process. */
export class DenoPlatform implements HostPlatform {
  readonly #deno: DenoNamespace;
  readonly #global: GlobalProcess | undefined;
  readonly #isWorker: boolean;

  /** `global`: the `process` of the true Deno. In a worker there are no signals, and its end is not that of the process. */
  constructor(deno: DenoNamespace, global: GlobalProcess | undefined, isWorker: boolean) {
    this.#deno = deno;
    this.#global = global;
    this.#isWorker = isWorker;
  }

  get isReal(): boolean {
    return this.#global !== undefined;
  }

  /** A `NodeReactor` in the same process has the same owner. */
  get registry(): object {
    return this.#global ?? this.#deno;
  }

  /** On Windows Deno knows no `SIGTERM`. */
  defaultSignals(): readonly string[] {
    if (this.#isWorker) return [];
    return [this.#deno.build.os === 'windows' ? 'SIGBREAK' : 'SIGTERM', 'SIGINT', 'SIGHUP'];
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

  describeHolders(): string {
    const counts: Map<string, number> = new Map();
    for (const name of this.#global?.getActiveResourcesInfo?.() ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
    const describe = ([name, count]: [string, number]): string => {
      const word = name === 'Timeout' ? 'timer' : name;
      return count > 1 ? `${String(count)} × ${word}` : word;
    };
    return [...counts].map(describe).join(', ');
  }

  addWorker(): void {
    // Deno's own workers come without an event.
  }

  /** What `console` and `process.stdout` print is written when they return. */
  pendingOutput(): number {
    return 0;
  }

  get flush(): undefined {
    return undefined;
  }

  get holdsForcedEnd(): boolean {
    return false;
  }

  ownParent(): void {
    // Nothing else ends a Deno whose parent is gone.
  }

  unrefParent(): void {
    this.#global?.channel?.unref();
  }

  leaveParent(): void {
    this.#global?.channel?.unref();
  }

  /** Needs no permission for this very process. */
  endBySignal(signal: string): void {
    this.#deno.kill(this.#deno.pid, signal);
  }
}
