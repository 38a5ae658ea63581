import type { HostControl, PendingItem, ReactorBase } from '@triphase/core';
import type { ProcessLife } from './process-life.ts';
import type { Program } from './program.ts';
import { isStopRejection } from './is-stop-rejection.ts';

/** `runService`: the start waits for `setup`, and so does a stop that comes meanwhile (N7). */
export class ServiceProgram implements Program {
  readonly keepsAlive = true;
  readonly isService = true;
  readonly interruptedBy = undefined;
  readonly #reactor: ReactorBase;
  readonly #setup: () => unknown;
  #control: HostControl | undefined;
  #life: ProcessLife | undefined;
  #release: () => void = () => undefined;
  #began = 0;
  #isOver = false;

  constructor(reactor: ReactorBase, setup: () => unknown) {
    this.#reactor = reactor;
    this.#setup = setup;
  }

  waiting(): readonly PendingItem[] {
    return this.#isOver ? [] : [{ kind: 'trigger', name: 'setup', age: this.#reactor.now() - this.#began }];
  }

  attach(control: HostControl, life: ProcessLife): void {
    this.#control = control;
    this.#life = life;
    this.#release = control.holdStart({ stopWaits: true });
  }

  begin(): void {
    this.#began = this.#reactor.now();
    void this.#run();
  }

  async #run(): Promise<void> {
    try {
      await this.#setup();
    } catch (error) {
      this.#failed(error);
    }
    this.#isOver = true;
    this.#release();
  }

  /** A start that failed, before its first phase. */
  #failed(error: unknown): void {
    const { signal } = this.#reactor;
    if (signal.aborted && isStopRejection(error, signal.reason)) return;
    this.#life?.report(error, 'setup');
    if (signal.aborted) this.#life?.failed();
    else this.#control?.stop({ kind: 'startup-failed', cause: error });
  }
}
