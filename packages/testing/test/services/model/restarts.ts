import type { BackgroundContext, RestartOptions } from '@triphase/core';

import type { Body, ModelService, Rules, World } from './rules.ts';

/** C58 and C59: checks what follows when a background ends by itself. */
export class Restarts {
  readonly #rules: Rules;
  readonly #world: World;
  /** The time at which a restart is due, unless another change may start the service too. `isExact`: the body must be called at that time. */
  readonly #due: Map<ModelService, { readonly at: number; readonly isExact: boolean }> = new Map();
  readonly #readyAt: Map<Body, number> = new Map();
  /** The last random number. */
  #random = 0.5;

  constructor(rules: Rules, world: World) {
    this.#rules = rules;
    this.#world = world;
  }

  /** A source of random numbers (mulberry32). */
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

  /** Another change began or ended: from now on it may start or delay a service too. */
  disturbed(): void {
    this.#due.clear();
  }

  bodyCalled(service: ModelService): void {
    const now = this.#world.now();
    const due = this.#due.get(service);
    if (due !== undefined && (now < due.at - 1e-6 || (due.isExact && now > due.at + 1e-6)))
      this.#rules.break(`${service.name} is restarted at ${String(now)} instead of ${String(due.at)}`);
    this.#due.delete(service);
  }

  bodyReady(body: Body): void {
    this.#readyAt.set(body, this.#world.now());
  }

  /** A body ends. `end` settles its promise. */
  bodyEnds(service: ModelService, body: Body, how: 'done' | 'failed' | 'stopped', end: () => void): void {
    const { state } = this.#world;
    const { onEnd, restart } = service.plan;
    const { context } = body;
    const isTold = context.signal.aborted || state === 'stopping' || state === 'stopped';
    body.isOver = true;
    service.hasEnded = how === 'done' && onEnd === 'ignore' && !isTold;
    service.isAlone ||= state === 'running' && restart?.dependants !== true;
    this.disturbed();
    const now = this.#world.now(); // core reads it a little later
    this.#rules.acted(`the body of ${service.name} has ended: ${how}${isTold ? ' (told)' : ''}`);
    end();
    if (isTold || state !== 'running' || !body.isReady || service.isUnsure) return;
    const policy =
      how !== 'done' || onEnd === 'restart' ? (restart ?? (how === 'done' ? DEFAULTS : undefined)) : undefined;
    if (service.hasEnded) this.#expect(service, 'running', 'may end');
    else if (policy === undefined || this.#failures(body, context, policy, now) >= policy.giveUpAfter)
      this.#expect(
        service,
        service.plan.onFailure === 'ignore' && (how !== 'done' || onEnd === 'restart') ? 'running' : 'stopping',
        how,
      );
    else {
      this.#expect(service, 'running', 'is restarted');
      if (this.#world.isChanging) return;
      const delay = this.#delay(this.#failures(body, context, policy, now), policy);
      this.#due.set(service, {
        at: now + delay,
        // Not exact: with delay 0 the manual clock slows an endless restart down; with `dependants` the dependants stop first; a need
        // that is down is waited for.
        isExact:
          !this.#world.isReal &&
          delay > 0 &&
          service.needs.every((need) => this.#rules.isUp(need)) &&
          (!policy.dependants || !this.#rules.services.some(({ needs }) => needs.includes(service))),
      });
    }
  }

  /** The number of failures in a row, including this one. */
  #failures(body: Body, { attempt }: BackgroundContext, { healthyAfter }: Policy, now: number): number {
    const readyFor = now - (this.#readyAt.get(body) ?? NaN);
    return readyFor >= healthyAfter ? 1 : attempt;
  }

  #delay(failures: number, { delay, factor, maxDelay, jitter }: Policy): number {
    return Math.min(maxDelay, delay * factor ** (failures - 1)) * (1 + jitter * (2 * this.#random - 1));
  }

  #expect({ name }: ModelService, state: string, how: string): void {
    const { state: is } = this.#world;
    if (is !== state) this.#rules.break(`the body of ${name} ${how}, and the reactor is ${is}, not ${state}`);
  }
}

type Policy = Required<RestartOptions>;

const DEFAULTS: Policy = {
  delay: 1_000,
  factor: 2,
  maxDelay: 30_000,
  jitter: 0.2,
  giveUpAfter: 5,
  healthyAfter: 60_000,
  dependants: false,
};
