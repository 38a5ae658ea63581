import type { TriggerOutcome } from './observer.ts';
import type { RegisteredTrigger } from './trigger.ts';

/** When one call began and ended, on the clock of its firing. */
export interface Timing {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly outcome: TriggerOutcome;
}

/** When the calls of one phase began and ended (C15). In flat arrays, as a start or a stop may have ten thousand (benchmark: P10). */
export class PhaseTimings {
  readonly #triggers: RegisteredTrigger[];
  /** Of each call its start and its end. */
  readonly #times: number[];
  readonly #outcomes: TriggerOutcome[];
  #count = 0;

  /** `expected`: so many calls have room from the beginning; there may be more, and fewer. */
  constructor(expected: number) {
    this.#triggers = new Array<RegisteredTrigger>(expected);
    this.#times = new Array<number>(2 * expected);
    this.#outcomes = new Array<TriggerOutcome>(expected);
  }

  /** A call begins; returns its number. What is said of no end was left behind as it began. */
  begin(trigger: RegisteredTrigger, now: number): number {
    const call = this.#count++;
    this.#triggers[call] = trigger;
    this.#times[2 * call] = now;
    this.#times[2 * call + 1] = now;
    this.#outcomes[call] = 'abandoned';
    return call;
  }

  startOf(call: number): number {
    return this.#times[2 * call] ?? NaN;
  }

  end(call: number, now: number, outcome: TriggerOutcome): void {
    this.#times[2 * call + 1] = now;
    this.#outcomes[call] = outcome;
  }

  /** In the order in which they began. */
  calls(): Timing[] {
    return this.#triggers.slice(0, this.#count).map(({ name }, i) => ({
      name,
      start: this.#times[2 * i] ?? 0,
      end: this.#times[2 * i + 1] ?? 0,
      outcome: this.#outcomes[i] ?? 'abandoned',
    }));
  }
}
