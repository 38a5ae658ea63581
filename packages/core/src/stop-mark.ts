import type { ReactorEnvironment } from './environment.ts';
import type { Run } from './run.ts';
import type { TurnLoop } from './turn-loop.ts';

/** Stands behind what is queued when stopping begins, and is passed when that has run and startup is over (C28). */
export class StopMark {
  readonly #env: ReactorEnvironment;
  readonly #loop: TurnLoop;

  constructor(env: ReactorEnvironment, loop: TurnLoop) {
    this.#env = env;
    this.#loop = loop;
  }

  /** Throws what the host throws when it gives no turn; then there is no mark. */
  set(run: Run, advance: () => void): void {
    const pass = (): void => {
      run.isMarkPassed = true;
      advance();
    };
    try {
      this.#loop.afterQueued(() => run.startup !== undefined, pass);
    } catch (error) {
      this.#loop.dropMark();
      throw error;
    }
  }

  /** Asks for the turn that passes it. `false`: the host gave none, and must not hold the stop. */
  isAwaited(): boolean {
    try {
      this.#loop.nudge();
      return true;
    } catch (error) {
      this.#env.report(error, { kind: 'host', name: 'requestTurn' });
      return false;
    }
  }

  drop(): void {
    this.#loop.dropMark();
  }
}
