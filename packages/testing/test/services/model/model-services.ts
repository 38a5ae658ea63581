import {
  background,
  resource,
  type BackgroundContext,
  type OpenContext,
  type Phase,
  type Phases,
  type Service,
  type StopReason,
  type TriggerContext,
} from '@triphase/core';

import type { LivingProgram } from './living-program.ts';
import type { Plan, Step } from './plan.ts';
import type { Call, LifeEvent, ModelService } from './rules.ts';

/** A value of a resource. */
interface Opened {
  /** When it was opened. */
  readonly at: number;
  /** The signal of the start was aborted when `open` returned the value. Then nothing checks whether the reactor closes it. */
  isCut: boolean;
}

/** Makes real services that do what their plans say, and tell the rules of each call. */
export class ModelServices {
  /** The `lost` functions of the open resources. */
  readonly lost: Map<ModelService, (error: unknown) => void> = new Map();
  /** The values of each resource that are open. */
  readonly opened: Map<ModelService, Set<Opened>> = new Map();
  /** The time at which the promise of a startup function was last resolved; the reactor reacts a moment later. */
  readonly #startedAt: Map<ModelService, number> = new Map();
  readonly #program: LivingProgram;

  constructor(program: LivingProgram) {
    this.#program = program;
  }

  make(given: Plan): ModelService {
    const { services: all } = this.#program.rules;
    const plan = normal(given);
    const name = `${plan.kind} ${String(all.length)}`;
    const wanted = plan.needs.map((need) => all[need % Math.max(1, all.length)]);
    const needs = [...new Set(wanted)].filter(
      (need): need is ModelService =>
        need !== undefined &&
        this.#program.isUsed(need) &&
        (plan.kind !== 'foundation' || need.plan.kind === 'foundation'),
    );
    const service: ModelService = {
      plan,
      name,
      needs,
      real: this.#service(plan, name, needs, () => service),
      calls: [],
      everyCall: [],
      body: undefined,
      everyBody: [],
      hasEnded: false,
      isAlone: false,
      isUnsure: false,
      isLost: false,
      isForsaken: false,
      isLate: this.#program.state === 'stopping',
    };
    all.push(service);
    return service;
  }

  #service(plan: Plan, name: string, needed: readonly ModelService[], service: () => ModelService): Service {
    const needs = needed.map(({ real }) => real);
    const { restart, retry, onEnd, onFailure, manualReady, timeout } = plan;
    if (plan.kind === 'background')
      return background(name, (context) => this.#body(service(), context), {
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
        (context) => this.#open(service(), context),
        (value, context) => this.#close(service(), value, context),
        { needs, ...(restart && { restart }), ...(retry && { retry }), onFailure, ...(timeout && { timeout }) },
      );
    const counts = { startup: 0, shutdown: 0 };
    const of = (event: LifeEvent, phases: readonly Phase[]): Phases =>
      Object.fromEntries(
        phases.map((phase) => [
          phase,
          (context: TriggerContext) => {
            const steps = event === 'startup' ? plan.startSteps : plan.stopSteps;
            const call = this.#program.rules.called(service(), event, phase, context.signal, context.detail);
            return this.#perform(service(), call, steps[counts[event]++ % steps.length] as Step);
          },
        ]),
      );
    return {
      name,
      needs,
      ...(plan.kind === 'foundation' && { foundation: true }),
      startup: of('startup', plan.startPhases),
      shutdown: of('shutdown', plan.stopPhases),
      ...(timeout && { timeout }),
    };
  }

  /** Performs one step. `done` is called when it succeeds. */
  #perform(service: ModelService, call: Call, step: Step, done: () => unknown = () => undefined): unknown {
    const { ms, ends, acts, on } = this.#program.isCalm ? CALM : step;
    if (acts !== undefined) this.#program.act(acts, on);
    const fail = (): unknown => {
      const isLeft = call.signal.aborted || this.#program.state === 'idle' || acts === 'crash' || acts === 'escalate';
      call.state = 'failed';
      if (service.plan.kind === 'resource' && service.plan.restart !== undefined)
        service.isAlone = !service.plan.restart.dependants;
      return this.#program.failures.create(
        service,
        call.event,
        this.#program,
        isLeft || call.run !== this.#program.run,
      );
    };
    const succeed = (): unknown => {
      call.state = 'done';
      if (call.event === 'startup' && (call.signal.aborted || this.#program.isEscalated || acts === 'crash'))
        service.isUnsure = true; // it may have been abandoned before
      return done();
    };
    if (ms === 0 && ends === 'done') return succeed();
    if (ms === 0 && ends === 'failed') throw fail();
    return new Promise((resolve, reject) => {
      this.#later(ms, () => {
        if (call.event === 'startup' && ends === 'done') this.#startedAt.set(service, this.#program.now());
        if (ends === 'done') resolve(succeed());
        if (ends === 'failed') reject(fail());
      });
    });
  }

  #later(ms: number, fn: () => void): void {
    this.#program.reactor.callLater(ms, fn, { name: 'step' });
  }

  #open(service: ModelService, context: OpenContext): unknown {
    const opened = this.opened.get(service) ?? new Set();
    this.opened.set(service, opened);
    // An attempt of the same start has the same signal (C71).
    const call =
      service.calls.find(({ signal }) => signal === context.signal) ??
      this.#program.rules.called(service, 'startup', 'during', context.signal, undefined);
    call.state = 'open';
    const { startSteps } = service.plan;
    const step = startSteps[service.everyCall.length % startSteps.length] as Step;
    return this.#perform(service, call, step, () => {
      const isCut = context.signal.aborted; // after a stop the reactor keeps the value, after a timeout it does not
      const value: Opened = { at: this.#program.now(), isCut };
      opened.add(value);
      // A start that a crash has cut no longer counts.
      if (call.run !== this.#program.run) return value;
      // Nor does one that was abandoned at a limit, or cut by a stop (C72).
      if (isCut) return value;
      this.lost.set(service, (error) => {
        this.lost.delete(service); // only the first call counts (C72)
        service.isAlone = service.plan.restart?.dependants === false;
        service.isLost = true;
        context.lost(error);
      });
      return value;
    });
  }

  #close(service: ModelService, value: unknown, context: TriggerContext): unknown {
    if ((context.detail as StopReason).kind === 'abandoned') {
      // Its start was abandoned at a crash or an escalation, and opened later.
      if (this.opened.get(service)?.delete(value as Opened) !== true)
        this.#program.rules.break(`${service.name} closes what is not open`);
      return undefined;
    }
    this.lost.delete(service);
    const call = this.#program.rules.called(service, 'shutdown', 'during', context.signal, context.detail);
    const wasOpen = this.opened.get(service)?.delete(value as Opened) === true; // as: what open returned
    if (!wasOpen && !service.isUnsure) this.#program.rules.break(`${service.name} closes what is not open`);
    const { stopSteps } = service.plan;
    return this.#perform(service, call, stopSteps[service.everyCall.length % stopSteps.length] as Step);
  }

  /**
   * Called at a crash and before an escalation. Marks the services that started within the last `moment` milliseconds as unsure: the reactor
   * may or may not count them as started.
   */
  markRecentStartsUnsure(moment: number): void {
    const isNow = (at: number): boolean => this.#program.now() - at <= moment;
    for (const [service, values] of this.opened) for (const { at } of values) service.isUnsure ||= isNow(at);
    for (const [service, at] of this.#startedAt) service.isUnsure ||= isNow(at);
  }

  /** Returns a thenable, so that the reactor and the rules get its end at the same moment. */
  #body(service: ModelService, context: BackgroundContext): PromiseLike<void> {
    this.#program.restarts.bodyCalled(service);
    const body = this.#program.rules.bodyCalled(service, context);
    const steps = service.plan.body;
    const step = this.#program.isCalm
      ? ({ until: 'told', ms: 0, ends: 'done', readyAfter: 0 } as const)
      : (steps[(service.everyBody.length - 1) % steps.length] as (typeof steps)[number]); // as: there is at least one
    const ready = (): void => {
      if (!body.isOver && !body.isReady) {
        body.isReady = true; // before `ready()`, which starts its dependants
        this.#program.restarts.bodyReady(body);
      }
      context.ready();
    };
    if (!service.plan.manualReady) queueMicrotask(ready);
    else if (step.readyAfter === 0) ready();
    else this.#later(step.readyAfter, ready);
    return {
      then: (ended: () => void, failed: (error: unknown) => void) => {
        const end = (): void => {
          if (body.isOver) return;
          this.#program.restarts.bodyEnds(service, body, step.ends, () => {
            if (step.ends === 'done') ended();
            else if (step.ends === 'stopped')
              failed(context.signal.reason ?? this.#program.failures.create(service, 'body', this.#program));
            else failed(this.#program.failures.create(service, 'body', this.#program));
          });
        };
        const after = (): void => {
          if (step.ms === 0) end();
          else this.#later(step.ms, end);
        };
        const signal = step.until === 'cut' ? context.cut : context.signal;
        if (step.until === 'time') this.#later(step.ms, end);
        else if (step.until === 'never' && !this.#program.isCalm) return;
        else if (signal.aborted) after();
        else signal.addEventListener('abort', after);
      },
    } as PromiseLike<void>; // as: core calls it with these two
  }
}

const CALM: Step = { ms: 0, ends: 'done', acts: undefined, on: 0 };

/** A plan with the phases that its kind has. */
function normal(plan: Plan): Plan {
  if (plan.kind === 'foundation') return { ...plan, startPhases: ['before'], stopPhases: ['after'] };
  return plan.kind === 'plain' ? plan : { ...plan, startPhases: ['during'], stopPhases: ['during'] };
}
