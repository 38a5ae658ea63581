import type { BackgroundContext, RestartOptions } from '@triphase/core';

import type { Body, Known, Rules, World } from './rules.ts';

/** What a policy has seen of a service. */
interface Count {
  failures: number;
  readyAt: number;
  /** When it is to be called again; undefined if somebody else may start it. */
  dueAt: number | undefined;
  isGivenUp: boolean;
}

/** C58 and C59: what must come of a body that ends, at once and later. */
export class Restarts {
  readonly #rules: Rules;
  readonly #world: World;
  readonly #counts: Map<Known, Count> = new Map();
  #random = 0.5;

  constructor(rules: Rules, world: World) {
    this.#rules = rules;
    this.#world = world;
  }

  /** A source of random numbers that keeps the last one (mulberry32). */
  randomOf(seed: number): () => number {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      this.#random = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
      return this.#random;
    };
  }

  /** Something else has been done: from now on others may start a service too. */
  disturbed(): void {
    for (const count of this.#counts.values()) count.dueAt = undefined;
  }

  isGivenUp(known: Known): boolean {
    return this.#counts.get(known)?.isGivenUp === true;
  }

  failing(known: Known): void {
    this.disturbed();
    void known;
  }

  bodyCalled(known: Known, _context: BackgroundContext): void {
    const count = this.#countOf(known);
    const now = this.#world.now();
    if (count.dueAt !== undefined && Math.abs(count.dueAt - now) > 1e-6)
      this.#rules.break(`${known.name} is restarted at ${String(now)} instead of ${String(count.dueAt)}`);
    count.dueAt = undefined;
    count.isGivenUp = false;
  }

  /** A body ends: `end` tells core of it. */
  bodyEnds(known: Known, body: Body, how: 'done' | 'failed' | 'stopped', end: () => void): void {
    const { signal } = body.context;
    const { state } = this.#world;
    const isOfItself = state === 'running' && !signal.aborted && body.isReady;
    const { onEnd } = known.plan;
    body.isOver = true;
    if (!isOfItself) {
      known.hasEnded =
        how === 'done' && onEnd === 'ignore' && !signal.aborted && !['stopping', 'stopped'].includes(state);
      known.isAlone ||= state === 'running' && known.plan.restart?.dependants === false;
      this.disturbed();
      end();
      return;
    }
    known.hasEnded = how === 'done' && onEnd === 'ignore';
    this.disturbed();
    const policy = known.plan.restart ?? DEFAULTS;
    known.isAlone = !policy.dependants;
    end();
    if (known.hasEnded) this.#expect(known, 'running', 'may end');
    else if (how !== 'done' ? known.plan.restart === undefined : onEnd !== 'restart') this.#gaveUp(known, how);
    else this.#counted(known, policy, how);
  }

  #counted(known: Known, policy: Required<RestartOptions>, how: string): void {
    void policy;
    void how;
    const count = this.#countOf(known);
    void count;
  }

  #gaveUp(known: Known, how: 'done' | 'failed' | 'stopped'): void {
    const count = this.#countOf(known);
    count.isGivenUp = true;
    const isIgnored = how !== 'done' && known.plan.onFailure === 'ignore';
    this.#expect(known, isIgnored ? 'running' : 'stopping', how);
  }

  #expect({ name }: Known, state: string, how: string): void {
    if (this.#world.state !== state)
      this.#rules.break(`the body of ${name} ${how}, and the reactor is ${this.#world.state}`);
  }

  #countOf(known: Known): Count {
    const count = this.#counts.get(known) ?? { failures: 0, readyAt: NaN, dueAt: undefined, isGivenUp: false };
    this.#counts.set(known, count);
    return count;
  }
}

const DEFAULTS: Required<RestartOptions> = {
  delay: 1_000,
  factor: 2,
  maxDelay: 30_000,
  jitter: 0.2,
  giveUpAfter: 5,
  healthyAfter: 60_000,
  dependants: false,
};
