import {
  addService,
  removeService,
  restartService,
  SelfWaitError,
  StartupFailedError,
  type ReactorOptions,
  type RunResult,
  type StopReason,
} from '@triphase/core';

import { lifeOf } from '../../../../core/src/services/service-life.ts';
import { Failures } from './failures.ts';
import { ModelServices } from './model-services.ts';
import type { Act, Plan, Program } from './plan.ts';
import { Restarts } from './restarts.ts';
import { Rules, type ModelService, type World } from './rules.ts';
import { virtualStage, type Stage, type StageReactor } from './stage.ts';

/** Runs a random program of services, by default in virtual time. `rules.broken` lists the faults. */
export class LivingProgram implements World {
  readonly reactor: StageReactor;
  readonly isReal: boolean;
  readonly #stage: Stage;
  readonly rules: Rules = new Rules(this);
  readonly failures: Failures = new Failures();
  readonly restarts: Restarts = new Restarts(this.rules, this);
  readonly results: RunResult[] = [];
  run = 0;
  isEscalated = false;
  /** While it is true, functions return at once, and bodies run until they are told to stop. */
  isCalm = false;
  /** The time at which stopping began. */
  #stoppedAt: number | undefined;
  #changes: { readonly what: string; readonly service: ModelService; isSettled: boolean; isDone: boolean }[] = [];
  /** The number of acts left. Without a limit, a service that adds another one when it starts could go on for ever. */
  #acts = 100;
  /** Plans for services that are added. */
  readonly #spare: Plan[];
  readonly #services: ModelServices = new ModelServices(this);
  readonly #actions: Program['actions'];

  constructor({ seed, services, actions }: Program, stageOf: (options: ReactorOptions) => Stage = virtualStage) {
    this.#stage = stageOf({
      onError: (error, { name }) => {
        this.failures.heard(error, name);
      },
      logger: {
        info: () => undefined,
        warn: (line) => {
          this.failures.logged(line);
        },
        error: () => undefined,
      },
    });
    this.reactor = this.#stage.reactor;
    this.isReal = this.#stage.isReal;
    Object.assign(this.reactor, { random: this.restarts.randomOf(seed) });
    this.#actions = actions;
    this.#spare = actions.map(({ plan }) => plan);
    for (const plan of services) this.reactor.use(this.#services.make(plan).real);
  }

  get state() {
    return this.reactor.state;
  }

  /** A restart, removal or addition is pending. */
  get isChanging(): boolean {
    return this.#changes.some(({ isSettled }) => !isSettled);
  }

  now(): number {
    return this.reactor.now();
  }

  // ── The program ──

  async live(): Promise<void> {
    const stage = this.#stage;
    this.#run();
    for (const { after, what, on } of this.#actions) {
      await stage.pass(after);
      if (this.state === 'stopped') break;
      if (this.state === 'idle') this.#run();
      else if (what !== 'wait') this.act(what, on);
    }
    this.isCalm = true;
    await stage.pass(0);
    for (let runs = 0; runs < 2; runs++) {
      if (this.state === 'idle') this.#run(); // a call has crashed the reactor
      await stage.settle(10_000, () => ['idle', 'stopped'].includes(this.state) || this.#isAtRest());
    }
    if (this.state === 'running') {
      for (const what of this.#unrest()) this.rules.break(what);
      this.act('stop', 0);
    }
    await stage.settle(2_000, () => this.state === 'stopped');
    if (this.state !== 'stopped') this.rules.break(`the run does not end: ${this.state}`);
    this.#checkEnd();
  }

  #run(): void {
    this.run++;
    this.isEscalated = false;
    this.#stoppedAt = undefined;
    this.reactor.run().then(
      (result) => {
        this.#over(result);
      },
      (error: unknown) => {
        if (error instanceof StartupFailedError) this.#over(error.result);
        else this.rules.break(`run() rejects with ${String(error)}`);
      },
    );
    if (this.reactor.signal.aborted) this.#stoppedAt = this.now(); // the start failed inside run()
    this.reactor.signal.addEventListener('abort', () => {
      if (reasonOf(this.reactor)?.kind === 'crash') return;
      this.#stoppedAt = this.now();
      const due = this.rules.dueToBeTold();
      queueMicrotask(() => {
        // After a failure the failed service may count as a running dependant: then its needs are told later, in shutdown.
        const isPlainStop = reasonOf(this.reactor)?.kind === 'enough';
        if (isPlainStop && !this.isEscalated && this.state === 'stopping') this.rules.mustBeTold(due);
      });
    });
  }

  #over(result: RunResult): void {
    this.results.push(result);
    this.rules.acted(`the run is over: ${result.reason.kind}`);
    if (result.reason.kind === 'crash') {
      // The next run opens a lost resource again without closing it before.
      for (const service of this.rules.services) {
        if (service.isLost) this.#services.opened.get(service)?.clear();
        if (!this.rules.isUp(service)) this.#services.lost.delete(service);
      }
      this.rules.crashed();
      this.#services.markRecentStartsUnsure(this.#stage.moment);
      return;
    }
    this.rules.runOver();
    const took = this.now() - (this.#stoppedAt ?? NaN);
    // Times are sums of fractions: the last digit may be rounded.
    if (!(took <= this.#stage.longestStop + 1e-6)) this.rules.break(`the stop took ${String(took)} ms`);
  }

  act(what: Act, on: number): void {
    const { reactor } = this;
    if (this.state === 'idle' || this.state === 'stopped') return;
    if (what !== 'stop' && --this.#acts < 0) return;
    const service = this.rules.services[on % this.rules.services.length] as ModelService; // as: there is at least one
    this.restarts.disturbed();
    this.rules.acted(`${what} ${service.name}`);
    switch (what) {
      case 'restart':
        if (service.plan.kind === 'foundation') service.isAlone = true;
        this.#watch('restart', service, restartService(reactor, service.real));
        break;
      case 'remove':
        this.#watch('remove', service, removeService(reactor, service.real));
        break;
      case 'lose':
        if (this.state === 'running') this.#services.lost.get(service)?.(this.failures.create(service, 'lost', this));
        break;
      case 'add':
        this.#add(service, on);
        break;
      case 'stop':
        try {
          reactor.stop({ kind: 'enough' }).catch(() => undefined);
        } catch (error) {
          if (!(error instanceof SelfWaitError)) throw error; // in a shutdown function (C28)
        }
        break;
      case 'escalate':
        this.isEscalated = true;
        this.#services.markRecentStartsUnsure(this.#stage.moment);
        reactor.escalate({ kind: 'enough' });
        break;
      case 'crash':
        reactor.crash();
    }
  }

  #add(service: ModelService, on: number): void {
    const isUsed = this.isUsed(service);
    const plan = this.#spare[on % this.#spare.length];
    if (!isUsed) {
      service.isLate = this.state === 'stopping';
      for (const call of service.calls) call.isRemoval ||= call.event === 'shutdown' && call.signal.aborted;
      this.#watch('add', service, addService(this.reactor, service.real));
    } else if (plan !== undefined) {
      const added = this.#services.make(plan.kind === 'foundation' ? { ...plan, kind: 'plain' } : plan);
      this.#watch('add', added, addService(this.reactor, added.real));
    }
  }

  #watch(what: 'restart' | 'remove' | 'add', service: ModelService, promise: Promise<unknown>): void {
    const change = { what, service, isSettled: false, isDone: false };
    this.#changes.push(change);
    promise.then(
      () => {
        change.isSettled = change.isDone = true;
        const isAddedAgain = this.#changes
          .slice(this.#changes.indexOf(change))
          .some((other) => other.what === 'add' && other.service === service);
        if (what === 'remove' && !isAddedAgain && this.isUsed(service))
          this.rules.break(`${service.name} was removed, and is used`);
      },
      () => {
        change.isSettled = true;
      },
    );
  }

  isUsed({ real }: ModelService): boolean {
    return lifeOf(this.reactor).events.services.find(real) !== undefined;
  }

  // ── What must hold at rest and at the end ──

  #isAtRest(): boolean {
    return this.state === 'running' && this.#unrest().length === 0;
  }

  /** What is not at rest. At rest all used services are up, except those that have failed for good, and their dependants. */
  #unrest(): string[] {
    const found: string[] = [];
    for (const service of this.rules.services) {
      if (!this.isUsed(service) || this.rules.isUp(service) || service.isUnsure) continue;
      if (!this.#isHopeless(service)) found.push(`${service.name} is not up, and nothing goes on`);
    }
    if (this.rules.services.some((service) => this.#isHopeless(service))) return found;
    for (const { what, service, isSettled } of this.#changes)
      if (!isSettled) found.push(`${what} ${service.name} does not settle`);
    return found;
  }

  #isHopeless(service: ModelService): boolean {
    const { plan, name } = service;
    const isOptional = plan.onFailure === 'ignore' && (plan.kind === 'background' || plan.kind === 'resource');
    if (service.isForsaken) return true;
    // A body that was cut and never ends: its next call waits for that end (C58).
    if (service.everyBody.some(({ isOver, context }) => !isOver && context.cut.aborted)) return true;
    return (isOptional && this.failures.hasFailed(name)) || service.needs.some((need) => this.#isHopeless(need));
  }

  #checkEnd(): void {
    for (const { what, service, isSettled } of this.#changes)
      if (!isSettled) this.rules.break(`${what} ${service.name} has not settled at the end`);
    const calls = this.reactor.getDelayedCalls().filter((call) => !String(call).includes('step'));
    if (calls.length > 0) this.rules.break(`timed calls are left: ${calls.join()}`);
    const pending = this.reactor.pending().filter(({ name }) => name !== 'step');
    if (pending.length > 0) this.rules.break(`pending at the end: ${JSON.stringify(pending)}`);
    for (const [{ name }, values] of this.#services.opened) {
      const left = [...values].filter(({ isCut }) => !isCut).length;
      if (left > 0) this.rules.break(`${name} is left open ${String(left)} times`);
    }
    for (const what of this.failures.check(this.results)) this.rules.break(what);
  }
}

function reasonOf({ signal }: StageReactor): StopReason | undefined {
  return signal.reason as StopReason | undefined; // as: the signal of a reactor aborts with nothing else
}
