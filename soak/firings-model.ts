/** Kind `life`: the model of triggers and firings. */
import { TriggerTimeoutError, type FiringReport, type Phase, type Service, type PendingItem } from '@triphase/core';
import type { Journal } from './journal.ts';
import { PHASES } from './phases.ts';

/** A registered trigger. The model keeps them in the order of registration. */
export interface Registration {
  readonly event: unknown;
  readonly phase: Phase;
  readonly name: string;
  readonly every: boolean;
  readonly required: boolean;
  registered: boolean;
}

/** `open`: not returned. `pending`: promise not settled. `settling`: settled, but the reactor may not know it yet. `abandoned`: no longer waited for. */
type CallState = 'open' | 'pending' | 'settling' | 'done' | 'failed' | 'abandoned';

/** One call of a trigger or of a service. */
export interface Call {
  readonly name: string;
  readonly phase: Phase;
  readonly firing: Firing;
  readonly registration: Registration | undefined;
  readonly service: Service | undefined;
  state: CallState;
  /** The value that it threw or rejected with. */
  error: { readonly thrown: unknown } | undefined;
}

export interface Firing {
  readonly event: unknown;
  /** Identifies the firing: its detail, or `startup` or `shutdown` with the number of the run. */
  readonly key: unknown;
  /** The index of the current phase in PHASES; -1 before the first. */
  phaseIndex: number;
  readonly calls: Call[];
  /** The triggers that were called in the current phase. */
  called: Set<Registration>;
}

/** The part of the reactor that the model reads. */
interface ReactorView {
  /** What the reactor waits for. */
  waiting(): readonly PendingItem[];
  /** False once a stop has begun. */
  mayStart(): boolean;
}

/** A model of sections 2 and 4 of the contract: it checks each call of a trigger or service against plain lists. */
export class FiringsModel {
  readonly #journal: Journal;
  readonly #reactor: ReactorView;
  readonly #registrations: Registration[] = [];
  /** The last firing of each event. */
  readonly #current: Map<unknown, Firing> = new Map();
  /** The firings without a report, by their keys. */
  readonly #unreported: Map<unknown, Firing> = new Map();
  /** The phase of each event that is under way, as the observer reports it, and the triggers that were called in it. */
  readonly #open: Map<unknown, { readonly phase: Phase; readonly called: Set<Registration> }> = new Map();
  /** The pending runs of loops, by the names of the loops. A stop may wait for them. */
  readonly #working: Map<string, object> = new Map();
  /** The errors in reports that no callback threw: those of limits, and of the end of the run. */
  readonly reported: unknown[] = [];

  constructor(journal: Journal, reactor: ReactorView) {
    this.#journal = journal;
    this.#reactor = reactor;
  }

  add(registration: Registration): void {
    this.#registrations.push(registration);
  }

  /** A trigger or service function is called. Checks C9, C10, C11, C16, C17, C19 and C29. */
  called(event: unknown, key: unknown, phase: Phase, what: Registration | Service): Call {
    const firing = this.#firing(event, key);
    const phaseIndex = PHASES.indexOf(phase);
    const isTrigger = 'registered' in what;
    const title = `${String(event)} ${phase} ${what.name}`;
    this.#check(
      phaseIndex >= firing.phaseIndex,
      'C9',
      () => `${title} was called in phase ${String(PHASES[firing.phaseIndex])}`,
    );
    if (phaseIndex > firing.phaseIndex) this.#advance(firing, phaseIndex, title);
    if (isTrigger) {
      this.#check(what.phase === phase && what.event === event, 'C9', () => `${title} is registered elsewhere`);
      this.#check(what.registered, 'C16, C19', () => `${title} was called, but had been removed`);
      const next = this.#registrations.find((one) => this.#isIn(one, event, phase) && !firing.called.has(one));
      this.#check(next === what, 'C9', () => `${title} was called before ${String(next?.name)}`);
      if (!what.every) this.removed(what);
      firing.called.add(what);
      this.#open.get(event)?.called.add(what);
    }
    const call: Call = {
      name: what.name,
      phase,
      firing,
      registration: isTrigger ? what : undefined,
      service: isTrigger ? undefined : what,
      state: 'open',
      error: undefined,
    };
    firing.calls.push(call);
    return call;
  }

  /** A trigger is no longer registered. */
  removed(registration: Registration): void {
    registration.registered = false;
    const index = this.#registrations.indexOf(registration);
    if (index >= 0) this.#registrations.splice(index, 1);
  }

  /** Whether the reactor still waits for this call. If not, its state becomes `abandoned`. */
  isWaitedFor(call: Call): boolean {
    const { name, phase, firing } = call;
    const waits = this.#reactor
      .waiting()
      .some((one) => one.name === name && one.phase === phase && one.event === firing.event);
    if (waits && this.#current.get(firing.event) === firing) return true;
    call.state = 'abandoned';
    return false;
  }

  /** The observer reports a phase. When the phase ends, every trigger that is registered for it must have been called (C9, C17). */
  phaseStep(step: string, event: unknown, phase: Phase, crashed: boolean): void {
    if (step === 'start') this.#open.set(event, { phase, called: new Set() });
    const open = this.#open.get(event);
    if (step !== 'end' || open === undefined || crashed) return;
    this.#open.delete(event);
    const forgotten = this.#registrations.find((one) => this.#isIn(one, event, phase) && !open.called.has(one));
    this.#check(
      forgotten === undefined,
      'C9, C17',
      () => `${String(event)} ${phase} has ended without ${String(forgotten?.name)}`,
    );
  }

  /** A firing has ended. Its report must agree with the calls that the model has seen (C14, C15, C22, C26). */
  ended(event: unknown, key: unknown, report: FiringReport): void {
    const firing = this.#unreported.get(key);
    const calls = firing?.calls ?? [];
    const title = `the report of ${String(event)}`;
    for (const phase of PHASES) {
      const seen = calls.filter((call) => call.phase === phase).length;
      const more = report.counts[phase] - seen;
      this.#check(
        more === 0 || (more > 0 && event === 'shutdown' && more <= this.#working.size),
        'C15, C68',
        () => `${title} counts ${String(report.counts[phase])} ${phase} calls, seen ${String(seen)}`,
      );
    }
    const abandoned = report.abandoned.filter(({ name }) => event !== 'shutdown' || !this.#working.has(name));
    for (const call of calls) {
      const index = abandoned.findIndex(({ name, phase }) => name === call.name && phase === call.phase);
      const isAbandoned = index >= 0;
      if (isAbandoned) abandoned.splice(index, 1);
      const mayBe = call.state !== 'done' && call.state !== 'failed';
      const mustBe = call.state === 'abandoned' || call.state === 'pending';
      this.#check(
        isAbandoned ? mayBe : !mustBe,
        'C10, C22',
        () => `${title} says that ${call.phase} ${call.name} was${isAbandoned ? '' : ' not'} abandoned: ${call.state}`,
      );
      const told = report.errors.filter(
        (error) => call.error !== undefined && 'cause' in error && error.cause === call.error.thrown,
      );
      const times = call.error !== undefined && !isAbandoned ? 1 : 0;
      this.#check(
        told.length === times,
        'C14',
        () => `${title} has the error of ${call.name} ${String(told.length)} times instead of ${String(times)}`,
      );
      if (isAbandoned) call.state = 'abandoned';
      else if (call.state === 'settling') call.state = call.error === undefined ? 'done' : 'failed';
    }
    this.#check(abandoned.length === 0, 'C22', () => `${title} lists something as abandoned that was not called`);
    const failed = calls.filter(({ state }) => state === 'failed').length;
    const timedOut = report.errors.filter((error) => error instanceof TriggerTimeoutError);
    this.reported.push(...timedOut);
    // C30: the other errors are those of triggers that the end of the run abandoned, one for each.
    const fromEndOfRun = report.errors.length - failed - timedOut.length;
    this.#check(
      fromEndOfRun >= 0 && fromEndOfRun <= report.abandoned.length,
      'C15',
      () => `${title} has ${String(report.errors.length)} errors, seen ${String(failed)}`,
    );
    for (const error of report.errors.filter((one) => !(one instanceof TriggerTimeoutError))) {
      const { cause } = error;
      if (!calls.some((call) => call.error !== undefined && call.error.thrown === cause)) this.reported.push(cause);
    }
    const vetoing = calls.filter(
      ({ registration, state }) => registration?.required === true && (state === 'failed' || state === 'abandoned'),
    );
    this.#check(
      !report.vetoed || vetoing.length > 0,
      'C26',
      () => `${title} is vetoed, but no required trigger has failed`,
    );
    this.#check(
      !report.vetoed || report.counts.during === 0,
      'C26',
      () => `${title} is vetoed, but during has been called`,
    );
    this.#unreported.delete(key);
    if (event === 'shutdown') this.#working.clear();
    if (this.#current.get(event) === firing) this.#current.delete(event);
  }

  /** A run of a loop has begun. A stop that begins now waits for it (C68). Call the returned function when the run is over. */
  loopRunBegins(name: string): () => void {
    const run = {};
    this.#working.set(name, run);
    return () => {
      if (this.#working.get(name) === run) this.#working.delete(name);
    };
  }

  /** A crash has ended this firing, so it gets no report. Returns whether there was such a firing. */
  drop(key: unknown): boolean {
    const firing = this.#unreported.get(key);
    if (firing === undefined) return false;
    this.#unreported.delete(key);
    if (this.#current.get(firing.event) === firing) this.#current.delete(firing.event);
    return true;
  }

  /** The events of the firings without a report, as text. */
  get unreported(): string {
    return [...this.#unreported.values()].map((firing) => String(firing.event)).join(', ');
  }

  /** The firing with this key. Creates it at its first call. */
  #firing(event: unknown, key: unknown): Firing {
    const current = this.#current.get(event);
    if (current !== undefined && current.key === key) return current;
    this.#check(!this.#unreported.has(key), 'C20', () => `${String(event)}: two firings at a time`);
    if (current !== undefined) {
      // C20: firings of one event never overlap, so the other one has ended, and its report comes later.
      this.#check(
        !current.calls.some((call) => call.state === 'pending' && this.isWaitedFor(call)),
        'C20',
        () => `${String(event)} was fired while it was being fired`,
      );
    }
    const firing: Firing = { event, key, phaseIndex: -1, calls: [], called: new Set() };
    this.#current.set(event, firing);
    this.#unreported.set(key, firing);
    return firing;
  }

  /**
   * The firing enters a later phase. C10: no call of an earlier phase is pending. C9: a phase without calls has no triggers. C29: a startup that was
   * stopped enters no phase.
   */
  #advance(firing: Firing, phaseIndex: number, title: string): void {
    const { event } = firing;
    const held = firing.calls.filter((call) => call.state === 'pending' && this.isWaitedFor(call));
    this.#check(
      held.length === 0,
      'C10',
      () => `${title} was called while ${held.map(({ name }) => name).join()} were pending`,
    );
    const opened = firing.calls.filter(({ state }) => state === 'open');
    this.#check(
      opened.length === 0,
      'C10',
      () => `${title} was called inside ${opened.map(({ name }) => name).join()}`,
    );
    const vetoed = firing.calls.some(
      ({ registration, state, error }) =>
        registration?.required === true && (state === 'abandoned' || error !== undefined),
    );
    for (let skipped = firing.phaseIndex + 1; skipped < phaseIndex; skipped++) {
      const phase = PHASES[skipped];
      const left = this.#registrations.find((one) => phase !== undefined && this.#isIn(one, event, phase));
      this.#check(
        left === undefined || vetoed,
        'C9',
        () => `${title} was called, but ${String(phase)} ${String(left?.name)} was not`,
      );
    }
    if (event === 'startup' && firing.phaseIndex >= 0) {
      this.#check(this.#reactor.mayStart(), 'C26, C29', () => `${title} was called in a startup that had been stopped`);
    }
    firing.phaseIndex = phaseIndex;
    firing.called = new Set();
  }

  #isIn(one: Registration, event: unknown, phase: Phase): boolean {
    return one.registered && one.event === event && one.phase === phase;
  }

  #check(holds: boolean, statement: string, what: () => string): void {
    this.#journal.check(holds, statement, what);
  }
}
