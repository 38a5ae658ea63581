import type { Phase } from '@triphase/core';

/** The event at one end of a run. */
export type LifeEvent = 'startup' | 'shutdown';
export const PHASES: readonly Phase[] = ['before', 'during', 'after'];

/** What a function of a service, or a plain trigger, does when it is called. */
export type Behaviour = 'returns' | 'throws' | 'pends' | 'stops' | 'escalates';
export type Functions = Readonly<Partial<Record<Phase, Behaviour>>>;

export interface ServicePlan {
  readonly name: string;
  /** Services used before this one, by their place. */
  readonly needs: readonly number[];
  readonly startup: Functions;
  readonly shutdown: Functions;
}

/** A plain trigger, called in every run. */
export interface TriggerPlan {
  readonly name: string;
  readonly event: LifeEvent;
  readonly phase: Phase;
  readonly behaviour: Behaviour;
}

interface Call {
  readonly name: string;
  readonly settled: (outcome: 'done' | 'failed' | 'abandoned') => void;
}

interface ServiceState {
  readonly plan: ServicePlan;
  /** The outcomes of the startup functions that were called. */
  outcomes: Map<Phase, 'pending' | 'done' | 'failed' | 'abandoned'>;
}

/** The result of a run: the parts that do not depend on time. */
export interface ModelResult {
  reason: string;
  readonly failures: string[];
  readonly abandoned: string[];
}

/** The rules of C52, and those of C26 and C28–C32 for services, in their simplest form. */
export class ModelReactor {
  state: 'idle' | 'starting' | 'running' | 'stopping' | 'stopped' = 'idle';
  result: ModelResult = { reason: '', failures: [], abandoned: [] };
  /** In the order in which they were called. */
  pending: Call[] = [];
  readonly #services: readonly ServiceState[];
  readonly #triggers: readonly TriggerPlan[];
  readonly #log: (entry: string) => void;
  readonly #ended: (result: ModelResult) => void;
  #event: LifeEvent = 'startup';
  #phase: Phase = 'before';
  #open = false;
  #escalated = false;
  #startupOver = false;
  /** The services that have settled in the phase under way, or had no function to call. */
  #settledServices: Set<ServiceState> = new Set();
  #reached: Set<ServiceState> = new Set();
  #ready: ServiceState[] = [];
  #draining = false;
  #run = 0;

  constructor(
    services: readonly ServicePlan[],
    triggers: readonly TriggerPlan[],
    log: (entry: string) => void,
    ended: (result: ModelResult) => void,
  ) {
    this.#services = services.map((plan) => ({ plan, outcomes: new Map() }));
    this.#triggers = triggers;
    this.#log = log;
    this.#ended = ended;
  }

  run(): void {
    this.state = 'starting';
    this.result = { reason: '', failures: [], abandoned: [] };
    this.#startupOver = this.#escalated = false;
    this.#run++;
    // C31: a service that a crash found half started starts from the beginning; one that had started stays started.
    for (const service of this.#services) if (!this.#hasStarted(service)) service.outcomes = new Map();
    this.#enter('startup', 'before');
  }

  /** C28, C29; true when it is accepted. */
  stop(reason = 'stop'): boolean {
    if (this.state === 'idle' || this.state === 'stopped') return false;
    if (this.state === 'stopping') return true;
    this.state = 'stopping';
    this.result.reason = reason;
    if (!this.#startupOver) this.#barrier();
    return true;
  }

  /** C28: the turn at whose end shutdown fires. */
  turn(): void {
    if (this.state === 'stopping' && this.#startupOver && this.#event === 'startup') this.#enter('shutdown', 'before');
  }

  /** C32 */
  escalate(): void {
    this.stop();
    this.#escalated = true;
    if (this.#open) return;
    if (!this.#startupOver || this.#event === 'shutdown') this.#barrier();
    else this.#enter('shutdown', 'before');
  }

  /** C31 */
  crash(): void {
    this.#run++;
    this.state = 'idle';
    this.result.reason = 'crash';
    for (const call of this.pending.splice(0)) this.#abandon(call);
    // C24: the result of a crash has no report of shutdown.
    const { reason, failures, abandoned } = this.result;
    const ofStartup = (name: string): boolean => name.includes('startup ');
    this.#ended({ reason, failures: failures.filter(ofStartup), abandoned: abandoned.filter(ofStartup) });
  }

  #hasStarted(service: ServiceState): boolean {
    const { plan, outcomes } = service;
    if (Object.keys(plan.startup).length > 0)
      return outcomes.size > 0 && [...outcomes.values()].every((outcome) => outcome === 'done');
    return plan.needs.every((index) => this.#hasStarted(this.#services[index]!));
  }

  /** The services that it waits for in the phase under way. */
  #awaits(service: ServiceState): readonly ServiceState[] {
    if (this.#event === 'startup') return service.plan.needs.map((index) => this.#services[index]!);
    const place = this.#services.indexOf(service);
    return this.#services.filter(({ plan }) => plan.needs.includes(place));
  }

  get #cut(): boolean {
    return this.state === 'idle' || (this.#event === 'startup' && this.state === 'stopping');
  }

  #enter(event: LifeEvent, phase: Phase): void {
    const run = this.#run;
    this.#event = event;
    this.#phase = phase;
    this.#settledServices = new Set();
    this.#reached = new Set();
    this.#open = true;
    this.#callReady();
    for (const { name, behaviour } of this.#triggers.filter((one) => one.event === event && one.phase === phase)) {
      this.#call(name, behaviour, false, (outcome) => {
        if (outcome === 'failed' && event === 'startup' && phase === 'before') this.#fail();
      });
    }
    this.#open = false;
    if (run === this.#run) this.#barrier();
  }

  /** Calls services in the order in which they became ready; those that became ready together in the order of use, in shutdown in reverse. */
  #callReady(): void {
    const order = this.#event === 'startup' ? this.#services : [...this.#services].reverse();
    for (const service of order) {
      if (this.#reached.has(service) || !this.#awaits(service).every((one) => this.#settledServices.has(one))) continue;
      this.#reached.add(service);
      this.#ready.push(service);
    }
    if (this.#draining) return;
    this.#draining = true;
    for (let service = this.#ready.shift(); service !== undefined; service = this.#ready.shift()) {
      if (!this.#cut) this.#reach(service);
    }
    this.#draining = false;
  }

  #reach(service: ServiceState): void {
    const [event, phase] = [this.#event, this.#phase];
    const behaviour = service.plan[event][phase];
    const settled = (): void => {
      this.#settledServices.add(service);
      this.#callReady();
    };
    const idle = event === 'startup' ? service.outcomes.has(phase) : !this.#hasStarted(service);
    if (behaviour === undefined || idle) {
      settled();
      return;
    }
    if (event === 'startup') service.outcomes.set(phase, 'pending');
    this.#call(service.plan.name, behaviour, true, (outcome) => {
      if (event === 'startup') {
        service.outcomes.set(phase, outcome);
        if (outcome === 'failed') this.#fail();
      }
      settled();
    });
  }

  /** C26 */
  #fail(): void {
    if (this.state === 'starting') this.stop('startup-failed');
  }

  #call(name: string, behaviour: Behaviour, isService: boolean, settled: Call['settled']): void {
    this.#log(`${name} ${this.#phase} ${this.#event}`);
    const failed = `${this.#event} ${this.#phase} ${name}`;
    const call: Call = {
      name: failed,
      settled: (outcome) => {
        if (outcome === 'failed') this.result.failures.push(failed);
        if (outcome === 'abandoned') this.result.abandoned.push(`${isService ? 'service' : 'trigger'} ${failed}`);
        settled(outcome);
      },
    };
    // The synchronous part of a trigger is on the stack: a stop that it asks for comes after it (C29, C32).
    const open = this.#open;
    this.#open = true;
    // C28: in the synchronous part of a shutdown trigger it would wait for itself.
    if (behaviour === 'stops' && this.#event === 'startup') this.stop();
    if (behaviour === 'escalates') this.escalate();
    this.#open = open;
    if (behaviour === 'pends') this.pending.push(call);
    else call.settled(behaviour === 'throws' ? 'failed' : 'done');
  }

  /** A promise settles. */
  settle(call: Call, outcome: 'done' | 'failed'): void {
    this.pending.splice(this.pending.indexOf(call), 1);
    this.#open = true;
    call.settled(outcome);
    this.#open = false;
    this.#barrier();
  }

  #abandon(call: Call): void {
    const open = this.#open;
    this.#open = true;
    call.settled('abandoned');
    this.#open = open;
  }

  /** C10, C29, C32 */
  #barrier(): void {
    if (this.#open) return;
    if (this.#escalated)
      for (let call = this.pending.shift(); call !== undefined; call = this.pending.shift()) this.#abandon(call);
    if (this.pending.length > 0) return;
    const next = this.#cut ? undefined : PHASES[PHASES.indexOf(this.#phase) + 1];
    if (next !== undefined) this.#enter(this.#event, next);
    else if (this.#event === 'startup') this.#endStart();
    else {
      this.state = 'stopped';
      this.#ended(this.result);
    }
  }

  /** The start has ended. After an escalation, shutdown begins at once. */
  #endStart(): void {
    this.#startupOver = true;
    if (this.state === 'starting') this.state = 'running';
    else if (this.#escalated) this.#enter('shutdown', 'before');
  }
}
