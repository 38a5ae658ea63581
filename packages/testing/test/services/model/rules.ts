import type { BackgroundContext, HostAbortSignal, Phase, ReactorState, Service, StopReason } from '@triphase/core';

import { isLater, PHASES, type Plan } from './plan.ts';

/** The event that calls a function of a service. */
export type LifeEvent = 'startup' | 'shutdown';

/** One call of a function of a service. */
export interface Call {
  readonly event: LifeEvent;
  readonly phase: Phase;
  readonly signal: HostAbortSignal;
  readonly run: number;
  readonly at: number;
  /**
   * A removal called this shutdown function, or the function was abandoned before the service was added again. Once it is abandoned, the
   * service may start again while it still runs.
   */
  isRemoval: boolean;
  state: 'open' | 'done' | 'failed';
}

/** One call of a body. */
export interface Body {
  readonly context: BackgroundContext;
  readonly run: number;
  isReady: boolean;
  isOver: boolean;
}

/** A service, and its calls since it was last down. */
export interface ModelService {
  readonly plan: Plan;
  readonly name: string;
  /** What the reactor uses. */
  readonly real: Service;
  readonly needs: readonly ModelService[];
  calls: Call[];
  /** All its calls since it was made. */
  readonly everyCall: Call[];
  body: Body | undefined;
  readonly everyBody: Body[];
  /** Its last body ended by itself, which `onEnd: 'ignore'` allows. */
  hasEnded: boolean;
  /** It has failed or was lost, and is restarted without its dependants. */
  isAlone: boolean;
  /** It was half started or half stopped at a crash: whether the next run starts or stops it is not known here. */
  isUnsure: boolean;
  /** It was lost, and has not been opened again. */
  isLost: boolean;
  /** Its body was told to stop before a crash, and ends while the next run starts: it is not called again. */
  isForsaken: boolean;
  /** It was added when the reactor was stopping: its needs do not wait for it in `before shutdown`. */
  isLate: boolean;
}

/** What the rules need to know of the reactor. */
export interface World {
  readonly state: ReactorState;
  readonly run: number;
  readonly isEscalated: boolean;
  readonly isChanging: boolean;
  /** In real time, in which the machine may be late. */
  readonly isReal: boolean;
  now(): number;
}

/**
 * The rules of C52, C58, C60, C63, C66 and C67. They are checked whenever a function or a body is called, told to stop or over. They
 * know only which calls were made and have settled, and nothing of the code of core.
 */
export class Rules {
  readonly broken: string[] = [];
  readonly services: ModelService[] = [];
  /** Called with a line for each call and act. A soak test writes them into its journal. */
  note: (line: string) => void = () => undefined;
  /** Called whenever a shutdown function is called. */
  readonly onStop: ((service: ModelService) => void)[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  break(what: string): void {
    this.broken.push(`${String(this.#world.now())} ms: ${what}`);
  }

  #says(what: string): void {
    const { state, run } = this.#world;
    this.note(`${this.#world.now().toFixed(1)} ms (run ${String(run)}, ${state}) ${what}`);
  }

  acted(what: string): void {
    this.#says(`act: ${what}`);
  }

  /** A function of a service is called. */
  called(service: ModelService, event: LifeEvent, phase: Phase, signal: HostAbortSignal, detail: unknown): Call {
    const kind = (detail as StopReason | undefined)?.kind ?? '';
    this.#says(`${service.name}: ${event} ${phase} ${kind}${signal.aborted ? ' (aborted)' : ''}`);
    if (event === 'startup') this.#starts(service, phase);
    else {
      this.#stops(service, phase, detail as StopReason);
      for (const listener of this.onStop) listener(service);
    }
    const { run } = this.#world;
    const isRemoval = (detail as StopReason | undefined)?.kind === 'remove';
    const call: Call = { event, phase, signal, run, at: this.#world.now(), isRemoval, state: 'open' };
    service.calls.push(call);
    service.everyCall.push(call);
    return call;
  }

  bodyCalled(service: ModelService, context: BackgroundContext): Body {
    this.#says(`${service.name}: body, attempt ${String(context.attempt)}`);
    if (service.everyBody.some(({ isOver }) => !isOver))
      this.break(`the body of ${service.name} is called beside itself`);
    this.#starts(service, 'during');
    const body: Body = { context, run: this.#world.run, isReady: false, isOver: false };
    service.body = body;
    service.everyBody.push(body);
    context.signal.addEventListener('abort', () => {
      if (!body.isOver && !context.cut.aborted) this.#told(service, body);
    });
    return body;
  }

  /** The backgrounds without running dependants: they are told to stop when stopping begins (C58). */
  dueToBeTold(): readonly ModelService[] {
    return this.services.filter(
      (service) => service.body?.isOver === false && !this.#neededBy(service).some((other) => this.#isUpAtAll(other)),
    );
  }

  mustBeTold(bodies: readonly ModelService[]): void {
    for (const { name, body } of bodies)
      if (body?.context.signal.aborted !== true) this.break(`stopping began, and the body of ${name} was not told`);
  }

  /** The run has ended, without a crash. */
  runOver(): void {
    for (const service of this.services) {
      const { name } = service;
      for (const body of service.everyBody) {
        const { signal, cut } = body.context;
        if (!signal.aborted && !body.isOver) this.break(`the run is over, and a body of ${name} was never told`);
        if (!body.isOver && !cut.aborted) this.break(`the run is over, and a body of ${name} is neither over nor cut`);
      }
      if (service.isUnsure) continue;
      const isLeft = this.#isStarted(service) && !PHASES.every((phase) => this.#isStopped(service, phase));
      if (isLeft && !service.isLate) this.break(`the run is over, and ${name} was not stopped`);
      for (const call of service.everyCall)
        if (call.run === this.#world.run && call.state === 'open' && !call.signal.aborted)
          this.break(`the run is over, and ${call.event} ${call.phase} of ${name} is neither settled nor told`);
    }
  }

  /** A crash: started services stay started; of those half started or half stopped the state is not known (C31). */
  crashed(): void {
    for (const service of this.services) {
      if (service.body?.isOver === false && service.body.context.signal.aborted) service.isForsaken = true;
      // A lost resource that waits for its restart is opened again; it may have been closed before or not.
      if (this.isUp(service) && !service.isAlone && !service.isLost) continue;
      service.isUnsure = true;
      if (service.isLost) service.isAlone = true; // the next run closes and opens it while its dependants stay up
    }
  }

  /** All its startup functions have succeeded, and nothing has stopped it since. */
  isUp(service: ModelService): boolean {
    return (
      PHASES.every((phase) => this.#hasStartedIn(service, phase)) &&
      !service.calls.some(({ event }) => event === 'shutdown')
    );
  }

  // ── Start ──

  #starts(service: ModelService, phase: Phase): void {
    const { name } = service;
    const title = `${name} starts ${phase}`;
    const isFirst = PHASES.find((each) => this.#has(service, 'startup', each)) === phase;
    if (isFirst) {
      if (!service.isUnsure && !service.hasEnded && this.isUp(service)) this.break(`${title}, and it is up`);
      if (!service.isUnsure && this.#isStarted(service) && !this.#isDown(service)) this.break(`${title}, half stopped`);
      service.calls = [];
      service.body = undefined;
      service.hasEnded = service.isAlone = service.isUnsure = service.isLost = service.isForsaken = false;
    } else if (!service.isUnsure && service.calls.some(({ event }) => event === 'shutdown'))
      this.break(`${title} while it stops`);
    for (const call of service.everyCall) {
      if (call.run !== this.#world.run || call.state !== 'open') continue;
      if ((call.event === 'shutdown' && !call.isRemoval) || !call.signal.aborted)
        this.break(`${title} beside its own ${call.event} ${call.phase}`);
    }
    // After the start, services do not wait for a foundation that is down: it is needed for order only (C67).
    for (const need of this.#world.state === 'starting' ? this.#needsOf(service) : service.needs) {
      if (need.isUnsure) continue;
      const isReady = PHASES.every((each) => isLater(each, phase) || this.#hasStartedIn(need, each));
      const isStopping = need.calls.some(({ event }) => event === 'shutdown') && !this.#isDown(need);
      // A service that is added in `before shutdown` may need a background that was told to stop or has ended: that is no fault.
      const { body } = need;
      const hasEnded =
        this.#world.state === 'stopping' && (body?.isOver === true || body?.context.signal.aborted === true);
      if (!isReady && !hasEnded) this.break(`${title}, and ${need.name} has not started`);
      // A service that is added in `before shutdown` starts beside the functions of that phase.
      if (isStopping && this.#world.state !== 'stopping') this.break(`${title}, and ${need.name} stops`);
    }
  }

  // ── Stop ──

  #stops(service: ModelService, phase: Phase, detail: StopReason): void {
    const title = `${service.name} stops ${phase}`;
    if (!service.isUnsure) {
      if (!this.#isStarted(service)) this.break(`${title}, and it has not started`);
      if (service.calls.some((call) => call.event === 'shutdown' && call.phase === phase)) this.break(`${title} twice`);
    }
    for (const call of service.everyCall)
      if (call.run === this.#world.run && call.state === 'open' && !call.signal.aborted)
        this.break(`${title} beside its own ${call.event} ${call.phase}`);
    const isAlone = service.isAlone && detail.kind === 'restart' && detail.service === service.name;
    if (isAlone || this.#world.isEscalated) return;
    const isChange = ['restart', 'remove', 'start'].includes(detail.kind);
    for (const other of this.#neededBy(service))
      if (!isChange || other.needs.includes(service)) this.#mustBeStopped(other, phase, title);
  }

  #told(service: ModelService, body: Body): void {
    // A background whose start was cut or abandoned is told at once.
    if (!body.isReady || service.isAlone || service.isUnsure || this.#world.isEscalated) return;
    for (const other of this.#neededBy(service))
      this.#mustBeStopped(other, 'during', `the body of ${service.name} is told`);
  }

  #mustBeStopped(other: ModelService, phase: Phase, title: string): void {
    if (other.isUnsure || other.isLate) return;
    const opening = other.calls.find(
      ({ event, state, signal }) => event === 'startup' && state === 'open' && !signal.aborted,
    );
    if (opening !== undefined) this.break(`${title}, and ${other.name} starts`);
    if (!this.#isStarted(other)) return;
    if (!PHASES.every((each) => isLater(each, phase) || this.#isStopped(other, each)))
      this.break(`${title} before ${other.name}`);
  }

  // ── What is known ──

  #has({ plan }: ModelService, event: LifeEvent, phase: Phase): boolean {
    return (event === 'startup' ? plan.startPhases : plan.stopPhases).includes(phase);
  }

  #hasStartedIn(service: ModelService, phase: Phase): boolean {
    if (!this.#has(service, 'startup', phase)) return true;
    if (service.plan.kind !== 'background')
      return service.calls.some((call) => call.event === 'startup' && call.phase === phase && call.state === 'done');
    const { body, hasEnded } = service;
    return hasEnded || (body?.isReady === true && !body.isOver);
  }

  /** All its startup functions that were called have succeeded. */
  #isStarted(service: ModelService): boolean {
    if (service.plan.kind === 'background') return service.body?.isReady === true && !service.body.isOver;
    const starts = service.calls.filter(({ event }) => event === 'startup');
    return starts.length > 0 && starts.every(({ state }) => state === 'done');
  }

  #isStopped(service: ModelService, phase: Phase): boolean {
    const { body } = service;
    if (service.plan.kind === 'background')
      return phase !== 'during' || body === undefined || body.isOver || body.context.cut.aborted;
    if (!this.#has(service, 'shutdown', phase)) return true;
    const call = service.calls.find((each) => each.event === 'shutdown' && each.phase === phase);
    return call !== undefined && (call.state !== 'open' || call.signal.aborted);
  }

  #isDown(service: ModelService): boolean {
    return PHASES.every((phase) => this.#isStopped(service, phase));
  }

  /** A call of it may still be running. */
  #isUpAtAll(service: ModelService): boolean {
    if (service.isUnsure) return true;
    if (service.plan.kind === 'background')
      return service.hasEnded || service.body?.isReady === true || service.body?.isOver === false;
    return service.calls.some(({ event }) => event === 'startup') && !this.#isDown(service);
  }

  /** Its needs, and all foundations: all other services need those for order (C67). */
  #needsOf(service: ModelService): readonly ModelService[] {
    if (service.plan.kind === 'foundation') return service.needs;
    return [...service.needs, ...this.services.filter(({ plan }) => plan.kind === 'foundation')];
  }

  #neededBy(service: ModelService): readonly ModelService[] {
    return this.services.filter((other) => other !== service && this.#needsOf(other).includes(service));
  }
}
