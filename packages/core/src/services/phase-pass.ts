import { TriggerTimeoutError } from '../ground/errors.ts';
import { PHASES, type Phase, type Trigger, type TriggerContext } from '../ground/events.ts';
import { RegisteredTrigger, TriggerList, type ActiveFiring, type CallOutcome } from '../events/trigger.ts';
import type { LifeEvent, ServiceNode } from './service-node.ts';
import { statusOf } from './service-status.ts';

/** The number of the last pass. */
let passes = 0;

/** A trigger that calls a function of a service. */
class ServiceTrigger extends RegisteredTrigger {
  readonly #pass: PhasePass;
  readonly #node: ServiceNode;

  constructor(list: TriggerList, run: Trigger, pass: PhasePass, node: ServiceNode) {
    super(list, run, node.optionsOf(list.event as LifeEvent)); // as: services are called for no other event
    this.#pass = pass;
    this.#node = node;
  }

  override get kind(): 'service' {
    return 'service';
  }

  override get remedy(): string {
    return this.#node.remedy(this.event as LifeEvent); // as: see the constructor
  }

  override status(): string | undefined {
    return statusOf(this.#node.service);
  }

  override get name(): string {
    return this.#node.name;
  }

  override call(context: TriggerContext): unknown {
    return this.run.call(this.#node[this.event as LifeEvent].owner, context); // as: see the constructor
  }

  override onSettled(outcome: CallOutcome, _firing: ActiveFiring, error: unknown): void {
    const isHeld = outcome === 'done' && this.#node.settings.isHeld?.() === true;
    // A held service has called nothing: it counts as not started, like one whose start was cut.
    this.#pass.settled(this.#node, isHeld ? 'cut' : outcome, error);
  }
}

/** The owner of a pass over a part of the services (C60). A start or stop of all services has none. */
export interface PassOwner {
  /** Whether the service may be called now. If not, those that wait for it aren't called in this pass either. */
  mayCall(node: ServiceNode): boolean;
  /** A call has ended. Returns whether those that wait for the service may be called. */
  settled(node: ServiceNode, phase: Phase, outcome: CallOutcome, error: unknown): boolean;
  /** The service has nothing more to do in this phase. */
  released(node: ServiceNode, phase: Phase): void;
}

/**
 * One phase of a start or a stop, of all services or of some. It calls each service when the services that this one waits for have settled,
 * as far as they take part (C52). A service that has no function to call settles as soon as it waits for none.
 */
export class PhasePass {
  /** Nodes store this number, not the pass: ten thousand references from old to new objects are slow to collect (benchmark: P10). */
  readonly #id = ++passes;
  readonly #event: LifeEvent;
  readonly #phase: Phase;
  readonly #firing: ActiveFiring;
  readonly #now: () => number;
  readonly #owner: PassOwner | undefined;
  /** A list that gives the triggers their event and phase. They aren't added to it. */
  readonly #list: TriggerList;
  /** Services that wait for no other. A queue, since recursion along a chain of ten thousand services would overflow the stack. */
  #ready: ServiceNode[] = [];
  #isCalling = false;
  /** How many services have not settled. */
  #left = 0;
  #next: (() => void) | undefined;

  constructor(event: LifeEvent, phase: Phase, firing: ActiveFiring, now: () => number, owner?: PassOwner) {
    this.#event = event;
    this.#phase = phase;
    this.#firing = firing;
    this.#now = now;
    this.#owner = owner;
    this.#list = new TriggerList(event, phase);
  }

  /** Calls the services that wait for none. `nodes` are in the order of `use()`. `next` is called when all of them have settled. */
  begin(nodes: readonly ServiceNode[], next?: () => void): void {
    const isStart = this.#event === 'startup';
    const now = this.#now();
    let isAnyDue = false;
    for (const node of nodes) {
      node.pass = this.#id;
      if (isStart && this.#phase === 'before') node.startBegins(this.#owner === undefined, now);
      // In a stop, a service that has stopped or failed stays so: `followNeeds` could make it `started`, and it would be stopped once more.
      if (isStart || node.state === 'idle' || node.state === 'started')
        node.followNeeds(now, isStart ? 'idle' : 'stopped');
      isAnyDue ||= node.functionDue(this.#event, this.#phase) !== undefined;
    }
    if (!isAnyDue) {
      next?.();
      return;
    }
    this.#left = nodes.length;
    this.#next = next;
    for (const node of nodes) {
      node.blockers = 0;
      for (const other of isStart ? node.needs : node.neededBy) if (other.pass === this.#id) node.blockers++;
      if (node.blockers === 0) this.#ready.push(node);
    }
    if (!isStart) this.#ready.reverse();
    this.#callReady();
  }

  /** The call of a service has settled. */
  settled(node: ServiceNode, outcome: CallOutcome, error: unknown): void {
    if (node.pass !== this.#id) return; // the service has crashed the reactor and run it again
    if (this.#event === 'startup') {
      node.move(outcome === 'done' ? 'started' : outcome === 'cut' ? 'stopped' : 'failed', this.#now());
      if (outcome === 'abandoned') node.settings.startAbandoned?.(error instanceof TriggerTimeoutError);
    }
    // An owner and `next` may call any code, so they are called in the context of the firing. The last service to settle calls `next`.
    if (this.#owner !== undefined || this.#left === 1) {
      this.#goOn(node, outcome, error);
      return;
    }
    this.#release(node);
    if (this.#ready.length > 0 && !this.#isCalling) this.#callReadyInContext();
  }

  // The closures are not made in `settled`, which is called for each service: V8 would allocate a context for them in each call, and collect
  // the whole reactor late (benchmark: P10).

  #goOn(node: ServiceNode, outcome: CallOutcome, error: unknown): void {
    this.#firing.inContext(() => {
      if (this.#owner?.settled(node, this.#phase, outcome, error) !== false) this.#release(node);
      this.#callReady();
    });
  }

  #callReadyInContext(): void {
    this.#firing.inContext(() => {
      this.#callReady();
    });
  }

  #callReady(): void {
    if (this.#isCalling || this.#ready.length === 0) return;
    this.#isCalling = true;
    for (const node of this.#ready) if (!this.#firing.isCut) this.#callService(node); // including those that are added meanwhile
    this.#ready = [];
    this.#isCalling = false;
  }

  /** Calls the function of a service, if it has one in this phase. */
  #callService(node: ServiceNode): void {
    if (!this.#mayCall(node)) return;
    const run = node.functionDue(this.#event, this.#phase);
    const isStart = this.#event === 'startup';
    if (run === undefined) {
      if (isStart) node.followNeeds(this.#now(), 'idle'); // what it needs may have started in this phase
      this.#release(node);
      return;
    }
    if (isStart) node.phases = PHASES.indexOf(this.#phase) + 1;
    node.move(isStart ? 'starting' : this.#owner === undefined ? 'closing' : 'stopping', this.#now());
    this.#firing.call(new ServiceTrigger(this.#list, run, this, node));
  }

  #mayCall(node: ServiceNode): boolean {
    if (this.#owner !== undefined) return this.#owner.mayCall(node);
    return this.#event === 'shutdown' || !node.isHeld(this.#phase);
  }

  /** A service has settled: those that waited for no other are ready. In a stop, the service that was used last comes first. */
  #release(node: ServiceNode): void {
    const isStart = this.#event === 'startup';
    const waiting = isStart ? node.neededBy : node.needs;
    const last = waiting.length - 1;
    this.#owner?.released(node, this.#phase);
    for (let i = 0; i <= last; i++) {
      const next = waiting[isStart ? i : last - i];
      if (next?.pass === this.#id && --next.blockers === 0) this.#ready.push(next);
    }
    if (--this.#left === 0) this.#next?.();
  }
}
