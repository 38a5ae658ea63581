import {
  addService,
  background,
  removeService,
  resource,
  restartService,
  SelfWaitError,
  StartupFailedError,
  type BackgroundContext,
  type OpenContext,
  type Phase,
  type Phases,
  type RunResult,
  type Service,
  type TriggerContext,
} from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

import { serviceControl } from '../../../src/services/service-control.ts';
import { Failures, ScriptedError } from './failures.ts';
import { LIMITS, type Act, type Plan, type Program, type Step } from './plan.ts';
import { Restarts } from './restarts.ts';
import { Rules, type Call, type End, type Known, type World } from './rules.ts';

/** A program whose services live at random, in virtual time. What it must not do is in `rules.broken`. */
export class LivingProgram implements World {
  readonly reactor: ManualReactor;
  readonly rules: Rules = new Rules(this);
  readonly failures: Failures = new Failures();
  readonly restarts: Restarts = new Restarts(this.rules, this);
  readonly results: RunResult[] = [];
  run = 0;
  isEscalated = false;
  /** From then on all functions return at once, and bodies last until they are told. */
  isCalm = false;
  /** When stopping began. */
  #stoppedAt: number | undefined;
  #changes: { readonly what: string; readonly known: Known; isSettled: boolean; isDone: boolean }[] = [];
  /** Plans for services that are added. */
  readonly #spare: Plan[];
  readonly #lost: Map<Known, (error: unknown) => void> = new Map();
  readonly #opened: Map<Known, Set<{ readonly isCut: boolean }>> = new Map();
  readonly #actions: Program['actions'];

  constructor({ seed, services, actions }: Program) {
    this.reactor = new ManualReactor({
      limits: LIMITS,
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
    Object.assign(this.reactor, { random: this.restarts.randomOf(seed) });
    this.#actions = actions;
    this.#spare = actions.map(({ plan }) => plan);
    for (const plan of services) this.reactor.use(this.#make(plan).service);
  }

  get state() {
    return this.reactor.state;
  }

  now(): number {
    return this.reactor.now();
  }

  // ── The program ──

  async live(): Promise<void> {
    this.#run();
    for (const { after, what, on } of this.#actions) {
      await this.reactor.advanceAsync(after);
      if (this.state === 'stopped') break;
      if (this.state === 'idle') this.#run();
      else if (what !== 'wait') this.#act(what, on);
    }
    this.isCalm = true;
    await this.reactor.advanceAsync(0);
    if (this.state === 'idle') this.#run();
    await this.reactor.advanceAsync(10_000);
    if (this.state === 'idle') this.#run(); // the last call has crashed it
    await this.reactor.advanceAsync(10_000);
    if (this.state === 'running') {
      this.#checkRest();
      this.#act('stop', 0);
    }
    await this.reactor.advanceAsync(2_000);
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
    if (this.reactor.signal.aborted) this.#stoppedAt = this.now(); // the start has failed at once
    this.reactor.signal.addEventListener('abort', () => {
      if (this.reactor.signal.reason?.kind === 'crash') return;
      this.#stoppedAt = this.now();
      const due = this.rules.dueToBeTold();
      queueMicrotask(() => {
        // In a start that has failed, those that have not begun to run may still need it: then the shutdown tells it.
        const isUp = this.reactor.signal.reason?.kind !== 'startup-failed';
        if (isUp && !this.isEscalated && this.state === 'stopping') this.rules.mustBeTold(due);
      });
    });
  }

  #over(result: RunResult): void {
    this.results.push(result);
    if (result.reason.kind === 'crash') {
      // What was lost is opened anew by the next run, and isn't closed before.
      for (const known of this.rules.known) {
        if (known.isLost) this.#opened.get(known)?.clear();
        if (!this.rules.isUp(known)) this.#lost.delete(known);
      }
      this.rules.crashed();
      return;
    }
    this.rules.runOver();
    const took = this.now() - (this.#stoppedAt ?? NaN);
    if (!(took <= LIMITS.shutdown.deadline)) this.rules.break(`the stop took ${String(took)} ms`);
  }

  #act(what: Act, on: number): void {
    const { reactor } = this;
    if (this.state === 'idle' || this.state === 'stopped') return;
    const known = this.rules.known[on % this.rules.known.length] as Known; // as: there is one at least
    this.restarts.disturbed();
    switch (what) {
      case 'restart':
        if (known.plan.kind === 'foundation') known.isAlone = true;
        this.#watch('restart', known, restartService(reactor, known.service));
        break;
      case 'remove':
        this.#watch('remove', known, removeService(reactor, known.service));
        break;
      case 'lose':
        if (this.state === 'running') this.#lost.get(known)?.(this.failures.next(known, 'lost', this));
        break;
      case 'add':
        this.#add(known, on);
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
        reactor.escalate({ kind: 'enough' });
        break;
      case 'crash':
        reactor.crash();
    }
  }

  #add(known: Known, on: number): void {
    const isUsed = serviceControl(this.reactor)
      .list()
      .some(({ service }) => service === known.service);
    const plan = this.#spare[on % this.#spare.length];
    if (!isUsed) this.#watch('add', known, addService(this.reactor, known.service));
    else if (plan !== undefined) {
      const added = this.#make(plan.kind === 'foundation' ? { ...plan, kind: 'plain' } : plan);
      this.#watch('add', added, addService(this.reactor, added.service));
    }
  }

  #watch(what: 'restart' | 'remove' | 'add', known: Known, promise: Promise<unknown>): void {
    const change = { what, known, isSettled: false, isDone: false };
    this.#changes.push(change);
    promise.then(
      () => {
        change.isSettled = change.isDone = true;
        if (what === 'remove' && this.#isUsed(known)) this.rules.break(`${known.name} was removed, and is used`);
      },
      () => {
        change.isSettled = true;
      },
    );
  }

  #isUsed({ service }: Known): boolean {
    return serviceControl(this.reactor)
      .list()
      .some((each) => each.service === service);
  }

  // ── Services ──

  #make(given: Plan): Known {
    const { known: all } = this.rules;
    const plan = normal(given);
    const name = `${plan.kind} ${String(all.length)}`;
    const wanted = plan.needs.map((need) => all[need % Math.max(1, all.length)]);
    const needs = [...new Set(wanted)].filter(
      (need): need is Known =>
        need !== undefined && this.#isUsed(need) && (plan.kind !== 'foundation' || need.plan.kind === 'foundation'),
    );
    const known: Known = {
      plan,
      name,
      needs,
      service: this.#service(plan, name, needs, () => known),
      calls: [],
      everyCall: [],
      body: undefined,
      everyBody: [],
      hasEnded: false,
      isAlone: false,
      isUnsure: false,
      isLost: false,
      isForsaken: false,
      isLate: this.state === 'stopping',
    };
    all.push(known);
    return known;
  }

  #service(plan: Plan, name: string, needed: readonly Known[], known: () => Known): Service {
    const needs = needed.map(({ service }) => service);
    const { restart, retry, onEnd, onFailure, manualReady, timeout } = plan;
    if (plan.kind === 'background')
      return background(name, (context) => this.#body(known(), context), {
        needs,
        ...(restart && { restart }),
        onEnd,
        onFailure,
        manualReady,
        ...(timeout && { timeout }),
      });
    if (plan.kind === 'resource')
      return resource(
        name,
        (context) => this.#open(known(), context),
        (value, context) => this.#close(known(), value, context),
        { needs, ...(restart && { restart }), ...(retry && { retry }), onFailure, ...(timeout && { timeout }) },
      );
    const counts = { startup: 0, shutdown: 0 };
    const of = (end: End, phases: readonly Phase[]): Phases =>
      Object.fromEntries(
        phases.map((phase) => [
          phase,
          (context: TriggerContext) => {
            const steps = end === 'startup' ? plan.start : plan.stop;
            const call = this.rules.called(known(), end, phase, context.signal, context.detail);
            return this.#perform(known(), call, steps[counts[end]++ % steps.length] as Step);
          },
        ]),
      );
    return {
      name,
      needs,
      ...(plan.kind === 'foundation' && { foundation: true }),
      startup: of('startup', plan.starts),
      shutdown: of('shutdown', plan.stops),
      ...(timeout && { timeout }),
    };
  }

  /** `done` is called when it has succeeded. */
  #perform(known: Known, call: Call, step: Step, done: () => unknown = () => undefined): unknown {
    const { ms, ends, acts, on } = this.isCalm ? CALM : step;
    if (acts !== undefined) this.#act(acts, on);
    const fail = (): unknown => {
      const isLeft = call.signal.aborted || this.state === 'idle' || acts === 'crash' || acts === 'escalate';
      call.state = 'failed';
      if (known.plan.kind === 'resource' && known.plan.restart !== undefined)
        known.isAlone = !known.plan.restart.dependants;
      return this.failures.next(known, call.end, this, isLeft || call.run !== this.run);
    };
    const succeed = (): unknown => {
      call.state = 'done';
      if (call.end === 'startup' && (call.signal.aborted || this.isEscalated || acts === 'crash'))
        known.isUnsure = true; // it may have been abandoned before
      return done();
    };
    if (ms === 0 && ends === 'done') return succeed();
    if (ms === 0 && ends === 'failed') throw fail();
    return new Promise((resolve, reject) => {
      this.#later(ms, () => {
        if (ends === 'done') resolve(succeed());
        if (ends === 'failed') reject(fail());
      });
    });
  }

  #later(ms: number, fn: () => void): void {
    this.reactor.callLater(ms, fn, { name: 'step' });
  }

  #open(known: Known, context: OpenContext): unknown {
    const opened = this.#opened.get(known) ?? new Set();
    this.#opened.set(known, opened);
    const isRetry = known.calls.some(
      ({ end, state, signal }) => end === 'startup' && state === 'failed' && !signal.aborted,
    );
    const call = isRetry
      ? (known.calls.find(({ end }) => end === 'startup') as Call) // as: it was just found
      : this.rules.called(known, 'startup', 'during', context.signal, undefined);
    call.state = 'open';
    const { start } = known.plan;
    const step = start[known.everyCall.length % start.length] as Step;
    return this.#perform(known, call, step, () => {
      const value = { isCut: context.signal.aborted }; // then it is kept, unless the start was abandoned
      opened.add(value);
      this.#lost.set(known, (error) => {
        this.#lost.delete(known); // only the first call counts (C72)
        known.isAlone = known.plan.restart?.dependants === false;
        known.isLost = true;
        context.lost(error);
      });
      return value;
    });
  }

  #close(known: Known, value: unknown, context: TriggerContext): unknown {
    this.#lost.delete(known);
    const call = this.rules.called(known, 'shutdown', 'during', context.signal, context.detail);
    const wasOpen = this.#opened.get(known)?.delete(value as { isCut: boolean }) === true; // as: what open returned
    if (!wasOpen && !known.isUnsure) this.rules.break(`${known.name} closes what is not open`);
    const { stop } = known.plan;
    return this.#perform(known, call, stop[known.everyCall.length % stop.length] as Step);
  }

  /** A thenable, so that the reactor hears of its end at the moment when the rules do. */
  #body(known: Known, context: BackgroundContext): PromiseLike<void> {
    this.restarts.bodyCalled(known, context);
    const body = this.rules.bodyCalled(known, context);
    const steps = known.plan.body;
    const step = this.isCalm
      ? ({ until: 'told', ms: 0, ends: 'done', readyAfter: 0 } as const)
      : (steps[(known.everyBody.length - 1) % steps.length] as (typeof steps)[number]); // as: there is one at least
    const ready = (): void => {
      if (!body.isOver) body.isReady = true; // before it is told: `ready` starts what needs it
      context.ready();
    };
    if (!known.plan.manualReady) queueMicrotask(ready);
    else if (step.readyAfter === 0) ready();
    else this.#later(step.readyAfter, ready);
    return {
      then: (ended: () => void, failed: (error: unknown) => void) => {
        const end = (): void => {
          if (body.isOver) return;
          this.restarts.bodyEnds(known, body, step.ends, () => {
            if (step.ends === 'done') ended();
            else if (step.ends === 'stopped') failed(context.signal.reason ?? this.failures.next(known, 'body', this));
            else failed(this.failures.next(known, 'body', this));
          });
        };
        const after = (): void => {
          if (step.ms === 0) end();
          else this.#later(step.ms, end);
        };
        const signal = step.until === 'cut' ? context.cut : context.signal;
        if (step.until === 'time') this.#later(step.ms, end);
        else if (step.until === 'never' && !this.isCalm) return;
        else if (signal.aborted) after();
        else signal.addEventListener('abort', after);
      },
    } as PromiseLike<void>; // as: core calls it with these two
  }

  // ── What must hold at rest and at the end ──

  /** All that is used is up, but for what has failed for good and what needs that. */
  #checkRest(): void {
    for (const known of this.rules.known) {
      if (!this.#isUsed(known) || this.rules.isUp(known) || known.isUnsure) continue;
      if (!this.#isHopeless(known)) this.rules.break(`${known.name} is not up, and nothing goes on`);
    }
    if (this.rules.known.some((known) => this.#isHopeless(known))) return;
    for (const { what, known, isSettled } of this.#changes)
      if (!isSettled) this.rules.break(`${what} ${known.name} does not settle`);
  }

  #isHopeless(known: Known): boolean {
    const { plan, name } = known;
    const isOptional = plan.onFailure === 'ignore' && (plan.kind === 'background' || plan.kind === 'resource');
    if (known.isForsaken) return true;
    return (isOptional && this.failures.hasFailed(name)) || known.needs.some((need) => this.#isHopeless(need));
  }

  #checkEnd(): void {
    for (const { what, known, isSettled } of this.#changes)
      if (!isSettled) this.rules.break(`${what} ${known.name} has not settled at the end`);
    const calls = this.reactor.getDelayedCalls().filter((call) => !String(call).includes('step'));
    if (calls.length > 0) this.rules.break(`timed calls are left: ${calls.join()}`);
    const pending = this.reactor.pending().filter(({ name }) => name !== 'step');
    if (pending.length > 0) this.rules.break(`pending at the end: ${JSON.stringify(pending)}`);
    for (const [{ name, isUnsure }, values] of this.#opened) {
      const left = [...values].filter(({ isCut }) => !isCut).length;
      if (left > 0 && !isUnsure) this.rules.break(`${name} is left open ${String(left)} times`);
    }
    for (const what of this.failures.check(this.results)) this.rules.break(what);
  }
}

const CALM: Step = { ms: 0, ends: 'done', acts: undefined, on: 0 };

/** A plan with the phases that its kind has. */
function normal(plan: Plan): Plan {
  if (plan.kind === 'foundation') return { ...plan, starts: ['before'], stops: ['after'] };
  return plan.kind === 'plain' ? plan : { ...plan, starts: ['during'], stops: ['during'] };
}

export { ScriptedError };
