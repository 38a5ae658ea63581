import { isStopRejection, type HostControl, type PendingItem, type ReactorBase } from '@triphase/core';
import type { Program, ProgramLife } from './program.ts';

/** `runService`: the start waits for `setup`, and so does a stop that comes meanwhile (N7). */
export class ServiceProgram implements Program {
  /** {@inheritDoc Program.keepsAlive} */
  readonly keepsAlive = true;
  /** {@inheritDoc Program.isService} */
  readonly isService = true;
  /** {@inheritDoc Program.interruptedBy} */
  readonly interruptedBy = undefined;
  readonly #reactor: ReactorBase;
  readonly #setup: () => unknown;
  #control: HostControl | undefined;
  #life: ProgramLife | undefined;
  #release: () => void = () => undefined;
  #beganAt = 0;
  #isOver = false;

  constructor(reactor: ReactorBase, setup: () => unknown) {
    this.#reactor = reactor;
    this.#setup = setup;
  }

  /** `setup`, until it has settled. */
  waiting(): readonly PendingItem[] {
    return this.#isOver ? [] : [{ kind: 'trigger', name: 'setup', age: this.#reactor.now() - this.#beganAt }];
  }

  /** {@inheritDoc Program.attach} */
  attach(control: HostControl, life: ProgramLife): void {
    this.#control = control;
    this.#life = life;
    this.#release = control.holdStart({ stopWaits: true });
  }

  /** {@inheritDoc Program.begin} */
  begin(): void {
    this.#beganAt = this.#reactor.now();
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

  /** `setup` has failed: the start fails before its first phase. */
  #failed(error: unknown): void {
    const { signal } = this.#reactor;
    if (signal.aborted && isStopRejection(error, signal.reason)) return;
    this.#life?.report(error, 'setup');
    if (signal.aborted) this.#life?.failed();
    else this.#control?.stop({ kind: 'startup-failed', cause: error });
  }
}
