import { describeGiven } from '../ground/check-milliseconds.ts';
import { takePhases } from '../ground/checks.ts';
import { PHASES, type Phase, type Phases, type Trigger } from '../ground/events.ts';
import { printable } from '../ground/printable.ts';
import { REMEDY, type Registration } from '../events/trigger.ts';
import { checkMember, checkMembers, checkName } from './service-members.ts';
import { readNeeds } from './service-needs.ts';
import { serviceSettings, type ServiceSettings } from './service-settings.ts';
import { takeTimeouts, type BothTimeouts } from './service-timeouts.ts';
import { SHOWN, type ServiceState, type ShownState } from './service-state.ts';
import type { Service } from './service.ts';

/** The events that start and stop services. */
export type LifeEvent = 'startup' | 'shutdown';

/** The functions of a service for one event. */
interface ServiceFunctions extends Readonly<Partial<Record<Phase, Trigger | undefined>>> {
  /** The object they were read from, and are called on: a service may be written as a class. */
  readonly owner?: object;
}

/** Shared by the many services that nobody needs. */
const NOBODY: readonly never[] = [];

/** Shared by the many services that have no settings, no time limits, or no function for an event. */
const NONE: ServiceFunctions & ServiceSettings & BothTimeouts = {};
const ONCE: Registration = { every: false };

/** A service in the graph, as `use()` has read it. */
export class ServiceNode {
  readonly service: Service;
  readonly name: string;
  /** Its place in the order of `use()`. */
  readonly order: number;
  /** The service whose `attach` has used it; it is removed with that one (C63). */
  readonly owner: ServiceNode | undefined;
  /** In the order of `use()`, as `neededBy` is. */
  readonly needs: readonly ServiceNode[];
  neededBy: readonly ServiceNode[] = NOBODY;
  readonly startup: ServiceFunctions;
  readonly shutdown: ServiceFunctions;
  readonly settings: ServiceSettings;
  readonly timeouts: BothTimeouts;
  /** It opens first and closes last: a foundation, or a service that a foundation needs (C67). */
  isFoundation: boolean;
  /** The program isn't ready while it is down (C61). */
  readonly affectsReadiness: boolean;
  /** Called on the service (C61). */
  readonly health: Service['health'];
  /** The index of the first phase of startup in which it has a function; 3 if it has none. */
  readonly firstPhase: number;
  state: ServiceState = 'idle';
  /** When it got the state that is shown, in milliseconds on the reactor's clock. */
  since = 0;
  /** How many phases of startup it has done. Their functions aren't called again, not even in the next run after a crash (C31). */
  phases = 0;
  /** The number of its current or last pass. */
  pass = 0;
  /** How many services it still waits for in that pass. */
  blockers = 0;

  /** Reads a service. Throws `TypeError`, `RangeError`, `InvalidPhaseError` or `ServiceGraphError`. */
  constructor(
    service: Service,
    used: ReadonlyMap<Service, ServiceNode>,
    order: number,
    owner: ServiceNode | undefined,
  ) {
    if (typeof service !== 'object' || (service as object | null) === null)
      throw new TypeError(
        `use() got ${describeGiven(service)}: give a service, an object with a name, startup and shutdown`,
      );
    const guess = checkMembers(service);
    const { name, timeout, foundation } = service;
    checkName(name);
    checkMember(foundation, 'boolean', 'foundation', name);
    checkMember(service.status, 'function', 'status', name);
    const { health, affectsReadiness } = service;
    checkMember(health, 'function', 'health', name);
    checkMember(affectsReadiness, 'boolean', 'affectsReadiness', name);
    this.health = health;
    this.service = service;
    this.name = name;
    this.order = order;
    this.owner = owner;
    this.needs = readNeeds(service, name, used);
    this.startup = readFunctions(service, name, 'startup');
    this.shutdown = readFunctions(service, name, 'shutdown');
    if (guess !== undefined && this.startup === NONE && this.shutdown === NONE) throw guess;
    this.settings = serviceSettings.get(service) ?? NONE;
    this.timeouts = timeout === undefined ? NONE : takeTimeouts(timeout, `service "${printable(name)}"`);
    this.isFoundation = foundation === true;
    this.affectsReadiness = affectsReadiness === true;
    const first = PHASES.findIndex((phase) => this.startup[phase]);
    this.firstPhase = first < 0 ? PHASES.length : first;
  }

  /** The state as others are told of it. */
  get shownState(): ShownState {
    return SHOWN[this.state] ?? (this.state as ShownState); // as: all other states are shown by their own name
  }

  /**
   * Its shutdown functions are due: all startup functions called so far have succeeded. Without startup functions: all services it needs
   * have started (C52).
   */
  get hasStarted(): boolean {
    const { state } = this;
    return state !== 'idle' && state !== 'starting' && state !== 'stopped' && state !== 'failed';
  }

  /**
   * Whether it has to wait: it needs a service that has failed or gone down during the start, and the start goes on without that service.
   * It is called when that one is up (C58).
   */
  isHeld(phase: Phase): boolean {
    const index = PHASES.indexOf(phase);
    return this.needs.some((need) => need.firstPhase <= index && need.shownState !== 'started');
  }

  /** What to do so that its start or stop doesn't time out, for messages (C22). */
  remedy(event: LifeEvent): string {
    const what = this.settings.waitsFor?.(event);
    return what === undefined ? REMEDY : `end ${what} when its signal aborts`;
  }

  /** The options of its functions for one event. */
  optionsOf(event: LifeEvent): Registration {
    const isStart = event === 'startup';
    const timeout = isStart ? this.timeouts.start : this.timeouts.stop;
    if (isStart && this.settings.isOptional === true) return { every: false, timeout, required: false };
    return timeout === undefined ? ONCE : { every: false, timeout };
  }

  /** The function to call in a phase. None if a startup function was called in an earlier run, or if a service to stop has not started. */
  functionDue(event: LifeEvent, phase: Phase): Trigger | undefined {
    const run = (event === 'startup' ? this.startup : this.shutdown)[phase];
    if (run === undefined) return undefined;
    const isDue = event === 'startup' ? PHASES.indexOf(phase) >= this.phases : this.hasStarted;
    return isDue ? run : undefined;
  }

  // ── Moves ──

  move(state: ServiceState, now: number): void {
    const { shownState } = this;
    this.state = state;
    if (this.shownState !== shownState) this.since = now;
    if (!this.hasStarted && state !== 'starting') this.phases = 0;
  }

  /**
   * A start begins: of all services (`isRun`), or of some. After a crash, a service without startup functions is `idle` again, as in a first
   * run: a stop that cuts the start asks about it (see `followNeeds`).
   */
  startBegins(isRun: boolean, now: number): void {
    if (!this.hasStarted || this.settings.startsInEachRun === true) this.phases = 0;
    if (this.hasStarted && this.state !== 'lost') this.move('started', now);
    else if (isRun && (this.state === 'failed' || this.firstPhase === PHASES.length)) this.move('idle', now);
  }

  /**
   * A service without startup functions has started if all the services that it needs have started (C52). If not, it is `down`: in a start
   * `idle`, since what it needs may start later; a stop asks again about those that are idle.
   */
  followNeeds(now: number, down: 'idle' | 'stopped' = 'stopped'): void {
    if (this.firstPhase < PHASES.length || this.phases === PHASES.length) return;
    const haveStarted = this.needs.every(({ hasStarted }) => hasStarted);
    if (haveStarted !== this.hasStarted) this.move(haveStarted ? 'started' : down, now);
  }
}

function readFunctions(service: Service, name: string, event: LifeEvent): ServiceFunctions {
  const phases = service[event] as Phases | undefined; // as: the type of the detail does not matter here
  if (phases === undefined) return NONE;
  const what = (): string => `The ${event} of service "${printable(name)}"`;
  if (typeof phases === 'function')
    throw new TypeError(`${what()} is a function: write ${event}: { during: () => … } instead`);
  return { owner: phases, ...takePhases(phases, what, undefined) };
}
