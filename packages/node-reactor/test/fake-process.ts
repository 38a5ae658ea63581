import { NodeReactor, type NodeHost, type NodeReactorOptions } from '@triphase/node-reactor';
import type { RunResult } from '@triphase/core';
import { fakeHost, type FakeHost } from '@triphase/testing';

/** A fake process with virtual time, and the lines that its reactors print. */
export class FakeProcess {
  readonly host: FakeHost & NodeHost;
  readonly printed: string[] = [];

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.host = fakeHost() as FakeHost & NodeHost; // as: it has all members of a NodeHost
    Object.assign(this.host.process.env, env);
  }

  reactor(options: NodeReactorOptions = {}): NodeReactor {
    const print = (line: string): void => void this.printed.push(line);
    return new NodeReactor({ host: this.host, logger: { info: print, warn: print, error: print }, ...options });
  }

  get process(): NodeJS.Process {
    return this.host.process;
  }

  /** How often `process.exit()` was called. */
  get exits(): number {
    return this.host.calls['process.exit'] ?? 0;
  }

  signal(signal: string): void {
    this.host.emit('process', signal);
  }

  /** Advances time by `ms`, in steps of `step`, and lets promises settle after each step. */
  async advance(ms: number, step = ms): Promise<void> {
    await this.settle();
    for (let passed = 0; passed < ms; passed += step) {
      this.host.advance(Math.min(step, ms - passed));
      await this.settle();
    }
  }

  /** Runs microtasks and macrotasks until none is left. */
  async settle(): Promise<void> {
    do await this.host.runMicrotasks();
    while (this.host.runMacrotask());
  }

  /** Runs a reactor and stops it at once, by a signal or by `stop()`. Resolves with the result. */
  async live(reactor: NodeReactor, signal?: string): Promise<RunResult> {
    const run = reactor.run();
    if (signal === undefined) void reactor.stop();
    else this.signal(signal);
    await this.settle();
    return run;
  }
}

export function never(): Promise<never> {
  return new Promise(() => {});
}
