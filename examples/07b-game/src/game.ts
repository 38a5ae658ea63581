import type { BrowserReactor, Frame } from '@triphase/browser-reactor';
import { scaledClock, type ScaledClock } from '@triphase/core';
import { firstWorld, nextWorld, type Input, type World } from './world.ts';

/** Length of a step. Milliseconds. */
export const STEP = 1000 / 60;

/** The input of each step. */
export type Recording = readonly Input[];

/** Draws the world between two steps: `alpha` is 0 at `last`, and nearly 1 at `world`. */
export type Draw = (last: World, world: World, alpha: number) => void;

/** A game loop with fixed steps, on a clock of its own. */
export class Game {
  /** The time of the game. It pauses and resumes, and its `rate` gives slow motion. */
  readonly clock: ScaledClock;
  /** The current input of the player. */
  input: Input = 0;
  #inputs: Input[] = [];
  #replay: Recording | undefined;
  #last: World = firstWorld;
  #world: World = firstWorld;

  constructor(reactor: BrowserReactor, draw: Draw) {
    this.clock = scaledClock(reactor);
    const render = ({ alpha }: Frame): void => draw(this.#last, this.#world, alpha);
    reactor.onFrame({ update: () => this.#step(), render }, { fixedStep: STEP, clock: this.clock });
    reactor.on('hidden', () => this.clock.pause()); // It stays paused until the player resumes it.
  }

  get world(): World {
    return this.#world;
  }

  /** Every input since the beginning. */
  get recording(): Recording {
    return this.#inputs;
  }

  /** Begins a new game. With a recording it replays that, and pauses at its end. */
  restart(replay?: Recording): void {
    this.#replay = replay;
    this.#inputs = [];
    this.#last = this.#world = firstWorld;
    this.clock.resume();
  }

  #step(): void {
    const input = this.#replay === undefined ? this.input : this.#replay[this.#inputs.length];
    if (input === undefined) {
      this.clock.pause(); // This frame may still call #step for the other steps that are due.
      return;
    }
    this.#inputs.push(input);
    this.#last = this.#world;
    this.#world = nextWorld(this.#world, input);
  }
}
