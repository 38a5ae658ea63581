import type { BackgroundContext, HostAbortSignal, Phase, ReactorState, Service, StopReason } from '@triphase/core';

import { PHASES, type Plan } from './plan.ts';

/** The event that calls a function of a service. */
export type End = 'startup' | 'shutdown';

/** One call of a function of a service. */
export interface Call {
  readonly end: End;
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
export interface Known {
  readonly plan: Plan;
  readonly name: string;
  readonly service: Service;
  readonly needs: readonly Known[];
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
  /** It was added when the reactor was stopping. */
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
  readonly known: Known[] = [];
  /** Called with a line for each call and act. A soak test writes them into its journal. */
  note: (line: string) => void = () => undefined;
  /** Called whenever a shutdown function is called. */
  readonly onStop: ((known: Known) => void)[] = [];
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
  called(known: Known, end: End, phase: Phase, signal: HostAbortSignal, detail: unknown): Call {
    const kind = (detail as StopReason | undefined)?.kind ?? '';
    this.#says(`${known.name}: ${end} ${phase} ${kind}${signal.aborted ? ' (aborted)' : ''}`);
    if (end === 'startup') this.#starts(known, phase);
    else {
      this.#stops(known, phase, detail as StopReason);
      for (const listener of this.onStop) listener(known);
    }
    const { run } = this.#world;
    const isRemoval = (detail as StopReason | undefined)?.kind === 'remove';
    const call: Call = { end, phase, signal, run, at: this.#world.now(), isRemoval, state: 'open' };
    known.calls.push(call);
    known.everyCall.push(call);
    return call;
  }

  bodyCalled(known: Known, context: BackgroundContext): Body {
    this.#says(`${known.name}: body, attempt ${String(context.attempt)}`);
    if (known.everyBody.some(({ isOver }) => !isOver)) this.break(`the body of ${known.name} is called beside itself`);
    this.#starts(known, 'during');
    const body: Body = { context, run: this.#world.run, isReady: false, isOver: false };
    known.body = body;
    known.everyBody.push(body);
    context.signal.addEventListener('abort', () => {
      if (!body.isOver && !context.cut.aborted) this.#told(known, body);
    });
    return body;
  }

  /** The backgrounds without running dependants: they are told to stop when stopping begins (C58). */
  dueToBeTold(): readonly Known[] {
    return this.known.filter(
      (known) => known.body?.isOver === false && !this.#neededBy(known).some((other) => this.#isUpAtAll(other)),
    );
  }

  mustBeTold(bodies: readonly Known[]): void {
    for (const { name, body } of bodies)
      if (body?.context.signal.aborted !== true) this.break(`stopping began, and the body of ${name} was not told`);
  }

  /** The run has ended, without a crash. */
  runOver(): void {
    for (const known of this.known) {
      const { name } = known;
      for (const body of known.everyBody) {
        const { signal, cut } = body.context;
        if (!signal.aborted && !body.isOver) this.break(`the run is over, and a body of ${name} was never told`);
        if (!body.isOver && !cut.aborted) this.break(`the run is over, and a body of ${name} is neither over nor cut`);
      }
      if (known.isUnsure) continue;
      const isLeft = this.#isStarted(known) && !PHASES.every((phase) => this.#isStopped(known, phase));
      if (isLeft && !this.#hasMissed(known)) this.break(`the run is over, and ${name} was not stopped`);
      for (const call of known.everyCall)
        if (call.run === this.#world.run && call.state === 'open' && !call.signal.aborted)
          this.break(`the run is over, and ${call.end} ${call.phase} of ${name} is neither settled nor told`);
    }
  }

  /** A crash: started services stay started; of those half started or half stopped the state is not known (C31). */
  crashed(): void {
    for (const known of this.known) {
      if (known.body?.isOver === false && known.body.context.signal.aborted) known.isForsaken = true;
      // A lost resource that waits for its restart is opened again; it may have been closed before or not.
      if (this.isUp(known) && !known.isAlone && !known.isLost) continue;
      known.isUnsure = true;
      if (known.isLost) known.isAlone = true; // the next run closes and opens it while its dependants stay up
    }
  }

  /** All its startup functions have succeeded, and nothing has stopped it since. */
  isUp(known: Known): boolean {
    return (
      PHASES.every((phase) => this.#hasStartedIn(known, phase)) && !known.calls.some(({ end }) => end === 'shutdown')
    );
  }

  // ── Start ──

  #starts(known: Known, phase: Phase): void {
    const { name } = known;
    const title = `${name} starts ${phase}`;
    const isFirst = PHASES.find((each) => this.#has(known, 'startup', each)) === phase;
    if (isFirst) {
      if (!known.isUnsure && !known.hasEnded && this.isUp(known)) this.break(`${title}, and it is up`);
      if (!known.isUnsure && this.#isStarted(known) && !this.#isDown(known)) this.break(`${title}, half stopped`);
      known.calls = [];
      known.body = undefined;
      known.hasEnded = known.isAlone = known.isUnsure = known.isLost = known.isForsaken = false;
    } else if (!known.isUnsure && known.calls.some(({ end }) => end === 'shutdown'))
      this.break(`${title} while it stops`);
    for (const call of known.everyCall) {
      if (call.run !== this.#world.run || call.state !== 'open') continue;
      if ((call.end === 'shutdown' && !call.isRemoval) || !call.signal.aborted)
        this.break(`${title} beside its own ${call.end} ${call.phase}`);
    }
    // After the start, services do not wait for a foundation that is down: it is needed for order only (C67).
    for (const need of this.#world.state === 'starting' ? this.#needsOf(known) : known.needs) {
      if (need.isUnsure) continue;
      const isReady = PHASES.every((each) => isLater(each, phase) || this.#hasStartedIn(need, each));
      const isStopping = need.calls.some(({ end }) => end === 'shutdown') && !this.#isDown(need);
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

  #stops(known: Known, phase: Phase, detail: StopReason): void {
    const title = `${known.name} stops ${phase}`;
    if (!known.isUnsure) {
      if (!this.#isStarted(known)) this.break(`${title}, and it has not started`);
      if (known.calls.some((call) => call.end === 'shutdown' && call.phase === phase)) this.break(`${title} twice`);
    }
    for (const call of known.everyCall)
      if (call.run === this.#world.run && call.state === 'open' && !call.signal.aborted)
        this.break(`${title} beside its own ${call.end} ${call.phase}`);
    const isAlone = known.isAlone && detail.kind === 'restart' && detail.service === known.name;
    if (isAlone || this.#world.isEscalated) return;
    const isPart = ['restart', 'remove', 'start'].includes(detail.kind);
    for (const other of this.#neededBy(known))
      if (!isPart || other.needs.includes(known)) this.#mustBeStopped(other, phase, title);
  }

  #told(known: Known, body: Body): void {
    // A background whose start was cut or abandoned is told at once.
    if (!body.isReady || known.isAlone || known.isUnsure || this.#world.isEscalated) return;
    for (const other of this.#neededBy(known))
      this.#mustBeStopped(other, 'during', `the body of ${known.name} is told`);
  }

  #mustBeStopped(other: Known, phase: Phase, title: string): void {
    if (other.isUnsure || this.#hasMissed(other)) return;
    const opening = other.calls.find(
      ({ end, state, signal }) => end === 'startup' && state === 'open' && !signal.aborted,
    );
    if (opening !== undefined) this.break(`${title}, and ${other.name} starts`);
    if (!this.#isStarted(other)) return;
    if (!PHASES.every((each) => isLater(each, phase) || this.#isStopped(other, each)))
      this.break(`${title} before ${other.name}`);
  }

  // ── What is known ──

  #has({ plan }: Known, end: End, phase: Phase): boolean {
    return (end === 'startup' ? plan.starts : plan.stops).includes(phase);
  }

  #hasStartedIn(known: Known, phase: Phase): boolean {
    if (!this.#has(known, 'startup', phase)) return true;
    if (known.plan.kind !== 'background')
      return known.calls.some((call) => call.end === 'startup' && call.phase === phase && call.state === 'done');
    const { body, hasEnded } = known;
    return hasEnded || (body?.isReady === true && !body.isOver);
  }

  /** All its startup functions that were called have succeeded. */
  #isStarted(known: Known): boolean {
    if (known.plan.kind === 'background') return known.body?.isReady === true && !known.body.isOver;
    const starts = known.calls.filter(({ end }) => end === 'startup');
    return starts.length > 0 && starts.every(({ state }) => state === 'done');
  }

  #isStopped(known: Known, phase: Phase): boolean {
    if (known.plan.kind === 'background')
      return phase !== 'during' || known.body === undefined || known.body.isOver || known.body.context.cut.aborted;
    if (!this.#has(known, 'shutdown', phase)) return true;
    const call = known.calls.find((each) => each.end === 'shutdown' && each.phase === phase);
    return call !== undefined && (call.state !== 'open' || call.signal.aborted);
  }

  #isDown(known: Known): boolean {
    return PHASES.every((phase) => this.#isStopped(known, phase));
  }

  /** A call of it may still be running. */
  #isUpAtAll(known: Known): boolean {
    if (known.isUnsure) return true;
    if (known.plan.kind === 'background')
      return known.hasEnded || known.body?.isReady === true || known.body?.isOver === false;
    return known.calls.some(({ end }) => end === 'startup') && !this.#isDown(known);
  }

  /** It was added in `before shutdown`: its needs do not wait for it there. */
  #hasMissed(known: Known): boolean {
    return known.isLate;
  }

  /** Its needs, and all foundations: all other services need those for order (C67). */
  #needsOf(known: Known): readonly Known[] {
    if (known.plan.kind === 'foundation') return known.needs;
    return [...known.needs, ...this.known.filter(({ plan }) => plan.kind === 'foundation')];
  }

  #neededBy(known: Known): readonly Known[] {
    return this.known.filter((other) => other !== known && this.#needsOf(other).includes(known));
  }
}

function isLater(phase: Phase, than: Phase): boolean {
  return PHASES.indexOf(phase) > PHASES.indexOf(than);
}
