import { TriphaseInternalError } from './errors.ts';

/** The life of a reactor: idle → starting → running → stopping → stopped. */
export type ReactorState = 'idle' | 'starting' | 'running' | 'stopping' | 'stopped';

/** Where each state may lead. A crash leads back to idle, whence the reactor may be run again (C31). */
const NEXT: Readonly<Record<ReactorState, readonly ReactorState[]>> = {
  idle: ['starting'],
  starting: ['running', 'stopping', 'idle'],
  running: ['stopping', 'idle'],
  stopping: ['stopped', 'idle'],
  stopped: [],
};

/** The one place that knows in which state a reactor is. */
export class LifeState {
  #state: ReactorState = 'idle';

  get current(): ReactorState {
    return this.#state;
  }

  /** `run()` was called and has not ended. */
  get started(): boolean {
    return this.#state !== 'idle' && this.#state !== 'stopped';
  }

  to(next: ReactorState): void {
    if (!NEXT[this.#state].includes(next)) {
      throw new TriphaseInternalError(
        `A reactor went from ${this.#state} to ${next}: a bug in Triphase, please report it with this stack`,
      );
    }
    this.#state = next;
  }
}
