import type { FiringDeps } from '../events/firing-deps.ts';
import { SystemEvent } from '../events/system-event.ts';
import type { ActiveFiring, CallOutcome } from '../events/trigger.ts';
import { cutStartLimit } from '../ground/cut-start-limit.ts';
import { PHASES, type Limits, type Phase } from '../ground/events.ts';
import { dispose, type StopReason } from '../ground/host.ts';
import type { PendingItem } from '../ground/observer.ts';
import type { Run } from '../life/run.ts';
import { isUp, startEnded } from './due-services.ts';
import { PartDeps } from './part-deps.ts';
import { PhasePass, type PassOwner } from './phase-pass.ts';
import type { LifeEvent, ServiceNode } from './service-node.ts';

/** What a part tells its owner. */
export interface PartOwner {
  readonly deps: FiringDeps;
  /** Whether the service is started again, once it is stopped. */
  isStartedAgain(node: ServiceNode): boolean;
  /** A service has failed to start, or was abandoned at a limit. */
  startFailed(node: ServiceNode, phase: Phase, error: unknown): void;
  /** A shutdown function has failed. */
  stopFailed(node: ServiceNode, phase: Phase, error: unknown): void;
  /** A shutdown function was abandoned: at a limit (`error` is its timeout), or when the stop was escalated (`error` is undefined). */
  stopAbandoned(node: ServiceNode, phase: Phase, error: unknown): void;
  partOver(): void;
}

/**
 * One start or stop of some of the services while the reactor runs (C60): a firing of an event of its own. It has the order and the limits
 * of `startup` or `shutdown`, but none of the program's triggers.
 */
export class ServicePart implements PassOwner {
  readonly event: LifeEvent;
  readonly nodes: readonly ServiceNode[];
  /** The services that are up, once it is over. */
  started: readonly ServiceNode[] = [];
  readonly #owner: PartOwner;
  readonly #system: SystemEvent;
  /** Start: those that may be called. A service that fails is taken out; then those that need it aren't called. */
  #members: Set<ServiceNode>;
  /** Stop: those whose shutdown function was abandoned. It may still run. */
  readonly #maybeRunning: Set<ServiceNode> = new Set();
  #limit: Disposable | undefined;
  #isAbandoned = false;
  #isOver = false;

  /** `nodes` are in the order of use. */
  constructor(
    event: LifeEvent,
    nodes: readonly ServiceNode[],
    reason: StopReason,
    limits: Limits | undefined,
    owner: PartOwner,
  ) {
    this.event = event;
    this.nodes = nodes;
    this.#members = new Set(nodes);
    this.#owner = owner;
    this.#system = new SystemEvent(event, new PartDeps(owner.deps, reason), limits, false, {
      enterPhase: (phase, firing) => {
        this.#enter(phase, firing);
      },
      hasPassed: () => false,
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** `stoppedAt`: when stopping began, if it has. The deadline counts from there. */
  begin(reason: StopReason, stoppedAt: number | undefined): void {
    if (this.nodes.length === 0) this.#end();
    else this.#launch(reason, stoppedAt);
  }

  #launch(reason: StopReason, stoppedAt: number | undefined): void {
    void this.#system.launch(this.event === 'startup' ? undefined : reason, {
      ...(stoppedAt !== undefined && { deadlineFrom: stoppedAt }),
      onOver: () => {
        this.#end();
      },
    });
  }

  /** Stopping has begun: the phase under way ends, no other one begins (C29). */
  cut(reason: unknown): void {
    const { firing } = this.#system;
    if (firing?.isCut === false) firing.cut(reason);
  }

  escalate(reason: unknown): void {
    this.#system.firing?.escalate(reason);
  }

  /** Stopping has begun: limits the time that the part has left. `limits`: those of shutdown. A second call changes nothing. */
  limit({ stoppedAt = 0 }: Run, limits: Limits | undefined): void {
    const { now, after } = this.#owner.deps;
    const ms = this.event === 'startup' ? cutStartLimit(limits) : (limits?.deadline ?? Infinity);
    if (ms === Infinity || this.#isOver) return; // or `cut` has ended it at once
    this.#limit ??= after(Math.max(0, stoppedAt + ms - now()), () => {
      this.#system.firing?.expire(`The time limit of a stop (${String(ms)} ms)`);
    });
  }

  abandon(reason: unknown): void {
    this.#isAbandoned = true;
    this.#system.abandon(reason);
  }

  /** A service that this part has started has gone down. */
  lost(node: ServiceNode): void {
    this.#members.delete(node);
  }

  pending(): PendingItem[] {
    return this.#system.firing?.pendingItems() ?? [];
  }

  // ── What the passes ask and tell ──

  mayCall(node: ServiceNode): boolean {
    return this.event === 'shutdown' || (this.#members.has(node) && this.#canStart(node));
  }

  settled(node: ServiceNode, phase: Phase, outcome: CallOutcome, error: unknown): boolean {
    const owner = this.#owner;
    const isStart = this.event === 'startup';
    if (outcome === 'done' || this.#isAbandoned) return true;
    if (isStart) {
      this.#members.delete(node);
      if (outcome === 'failed' || error !== undefined) owner.startFailed(node, phase, error);
    } else if (outcome === 'failed') owner.stopFailed(node, phase, error);
    else {
      this.#maybeRunning.add(node); // its later phases are called all the same
      owner.stopAbandoned(node, phase, error);
    }
    return !isStart;
  }

  released(node: ServiceNode, phase: Phase): void {
    if (this.event === 'startup' || this.#isAbandoned) return;
    const isLast = !PHASES.slice(PHASES.indexOf(phase) + 1).some((next) => node.functionDue('shutdown', next));
    if (isLast) this.#setDown(node);
  }

  // ── Steps ──

  #enter(phase: Phase, firing: ActiveFiring): void {
    if (this.event === 'startup') this.#updateMembers();
    const nodes = this.event === 'startup' ? [...this.#members] : this.nodes;
    new PhasePass(this.event, phase, firing, this.#owner.deps.now, this).begin(nodes);
  }

  /** Those that may start: all they need is up, or starts with them. */
  #updateMembers(): void {
    const before = this.#members;
    this.#members = new Set();
    for (const node of before) if (this.#canStart(node)) this.#members.add(node);
  }

  #canStart(node: ServiceNode): boolean {
    return node.needs.every((need) => this.#members.has(need) || isUp(need));
  }

  /** Nothing is left of the service, or nobody waits for what is left. `failed`: only a restart or the next run starts it again. */
  #setDown(node: ServiceNode): void {
    const staysDown = this.#maybeRunning.has(node) || !this.#owner.isStartedAgain(node);
    node.move(staysDown ? 'failed' : 'stopped', this.#owner.deps.now());
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#limit?.[dispose]();
    for (const node of this.#maybeRunning) if (node.hasStarted) this.#setDown(node);
    if (this.#isAbandoned) return; // those that it has not stopped stay started (C31)
    if (this.event === 'startup') this.#startEnded();
    else for (const node of this.nodes) if (node.hasStarted) this.#setDown(node);
    this.#owner.partOver();
  }

  #startEnded(): void {
    this.#updateMembers();
    for (const node of this.#members) startEnded(node, this.#owner.deps.now());
    this.started = [...this.#members].filter(isUp);
  }
}
