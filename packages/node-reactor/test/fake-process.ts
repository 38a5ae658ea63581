import { NodeReactor, type NodeHost, type NodeReactorOptions } from '@triphase/node-reactor';
import type { RunResult } from '@triphase/core';
import { fakeHost, type FakeHost } from '@triphase/testing';

/** A reactor in a fake process whose time is moved by hand, and what it prints. */
export class FakeProcess {
  readonly host: FakeHost & NodeHost;
  readonly printed: string[] = [];

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.host = fakeHost() as FakeHost & NodeHost; // as: it has what every record of ours asks for
    Object.assign(this.host.process.env, env);
  }

  reactor(options: NodeReactorOptions = {}): NodeReactor {
    const print = (line: string): void => void this.printed.push(line);
    return new NodeReactor({ host: this.host, logger: { info: print, warn: print, error: print }, ...options });
  }

  get process(): NodeJS.Process {
    return this.host.process;
  }

  /** How often the process was told to end. */
  get exits(): number {
    return this.host.calls['process.exit'] ?? 0;
  }

  signal(signal: string): void {
    this.host.emit('process', signal);
  }

  /** Moves time on, millisecond by millisecond where something is due, and lets promises settle in between. */
  async advance(ms: number, step = ms): Promise<void> {
    await this.settle();
    for (let passed = 0; passed < ms; passed += step) {
      this.host.advance(Math.min(step, ms - passed));
      await this.settle();
    }
  }

  /** Runs what is due, until nothing is. */
  async settle(): Promise<void> {
    do await this.host.runMicrotasks();
    while (this.host.runMacrotask());
  }

  /** Runs it and stops it at once, to its end. */
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
