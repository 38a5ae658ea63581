import { PHASES, type Phase, type Trigger, type TriggerContext } from '../ground/events.ts';
import type { TriggerOutcome } from '../ground/observer.ts';
import { RegisteredTrigger, TriggerList, type ActiveFiring } from '../events/trigger.ts';
import type { LifeEvent, ServiceNode } from './service-node.ts';
import { statusOf } from './service-status.ts';

/** The number of the last pass. */
let passes = 0;

/** A trigger that calls a function of a service. */
class ServiceTrigger extends RegisteredTrigger {
  readonly #pass: PhasePass;
  readonly #node: ServiceNode;

  constructor(list: TriggerList, run: Trigger, pass: PhasePass, node: ServiceNode) {
    super(list, run, node.settings);
    this.#pass = pass;
    this.#node = node;
  }

  override get kind(): 'service' {
    return 'service';
  }

  override status(): string | undefined {
    return statusOf(this.#node.service);
  }

  override get name(): string {
    return this.#node.name;
  }

  override call(context: TriggerContext): unknown {
    return this.run.call(this.#node[this.event as LifeEvent].owner, context); // as: services are called for no other event
  }

  override onSettled(outcome: TriggerOutcome): void {
    this.#pass.settled(this.#node, outcome);
  }
}

/**
 * One phase of a start or a stop: calls each service once those that it waits for have settled (C52). A service that has no function to
 * call settles as soon as it waits for none.
 */
export class PhasePass {
  /** Nodes store this number, not the pass: ten thousand references from old to new objects are slow to collect (benchmark: P10). */
  readonly #id = ++passes;
  readonly #event: LifeEvent;
  readonly #phase: Phase;
  readonly #firing: ActiveFiring;
  /** A list that gives the triggers their event and phase. They aren't added to it. */
  readonly #list: TriggerList;
  /** Services that wait for no other. A queue, since recursion along a chain of ten thousand services would overflow the stack. */
  #ready: ServiceNode[] = [];
  #isCalling = false;

  constructor(event: LifeEvent, phase: Phase, firing: ActiveFiring) {
    this.#event = event;
    this.#phase = phase;
    this.#firing = firing;
    this.#list = new TriggerList(event, phase);
  }

  /** Calls the services that wait for none. `nodes` are in the order of `use()`. */
  begin(nodes: ReadonlyMap<unknown, ServiceNode>): void {
    const isStart = this.#event === 'startup';
    let isAnyDue = false;
    for (const node of nodes.values()) {
      // A service that was starting when the reactor crashed starts from the beginning (C31).
      if (isStart && this.#phase === 'before' && !node.hasStarted) node.calledIn = 0;
      if (node.firstPhase === PHASES.length) node.hasStarted = node.needs.every(({ hasStarted }) => hasStarted);
      if (node.hasStarted && (isStart || node.state === 'idle')) node.state = 'started';
      node.pass = this.#id;
      node.blockers = (isStart ? node.needs : node.neededBy).length;
      isAnyDue ||= node.functionDue(this.#event, this.#phase) !== undefined;
    }
    if (!isAnyDue) return;
    for (const node of nodes.values()) if (node.blockers === 0) this.#ready.push(node);
    if (!isStart) this.#ready.reverse();
    this.#callReady();
  }

  /** The call of a service has settled. */
  settled(node: ServiceNode, outcome: TriggerOutcome): void {
    if (node.pass !== this.#id) return; // the service has crashed the reactor and run it again
    if (this.#event === 'startup') {
      node.hasStarted = outcome === 'done';
      node.state = node.hasStarted ? 'started' : 'failed';
      if (outcome === 'abandoned') node.settings.startAbandoned?.();
    }
    this.#release(node);
    this.#callReady();
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
    const run = node.functionDue(this.#event, this.#phase);
    if (run === undefined) {
      this.#release(node);
      return;
    }
    node.state = this.#event === 'startup' ? 'starting' : 'stopping';
    if (this.#event === 'startup') {
      node.hasStarted = false;
      node.calledIn = PHASES.indexOf(this.#phase) + 1;
    }
    this.#firing.call(new ServiceTrigger(this.#list, run, this, node));
  }

  /** A service has settled: those that waited for no other are ready. In a stop, the service that was used last comes first. */
  #release(node: ServiceNode): void {
    const isStart = this.#event === 'startup';
    const waiting = isStart ? node.neededBy : node.needs;
    const last = waiting.length - 1;
    for (let i = 0; i <= last; i++) {
      const next = waiting[isStart ? i : last - i];
      if (next?.pass === this.#id && --next.blockers === 0) this.#ready.push(next);
    }
  }
}
