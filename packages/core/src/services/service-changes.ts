import { PhasePassedError, ReactorStoppedError, ServiceGraphError, TriggerFailedError } from '../ground/errors.ts';
import type { Phase } from '../ground/events.ts';
import { PHASES } from '../ground/events.ts';
import type { ErrorSource } from '../ground/error-source.ts';
import type { StopReason } from '../ground/host.ts';
import type { PendingItem } from '../ground/observer.ts';
import { listed, printable } from '../ground/printable.ts';
import type { Run } from '../life/run.ts';
import { Change } from './change.ts';
import { dependantsOf } from './dependants.ts';
import type { PartChanges } from './part-changes.ts';
import { PhasePass } from './phase-pass.ts';
import { holdShutdown } from './part-hold.ts';
import type { ServiceLife } from './service-life.ts';
import type { LifeEvent, ServiceNode } from './service-node.ts';
import { ServicePart } from './service-part.ts';
import type { Service, ServiceHost } from './service.ts';

/**
 * Why a service isn't up. `due`: it is started as soon as all that it needs is up; `failed`: it waits for somebody to restart it; `leaving`: it
 * is being removed.
 */
type WhyDown = 'due' | 'failed' | 'leaving';

/**
 * The changes of the services of a reactor while it runs: restarts, removals, and services that come later (C60, C63).
 *
 * Whoever changes something calls `advance()`, which begins the changes that can begin, starts the services that were due and can start now,
 * and settles the changes that are over.
 */
export class ServiceChanges implements PartChanges {
  readonly #life: ServiceLife;
  readonly #app: ServiceHost;
  /** The services that aren't up. */
  readonly #down: Map<ServiceNode, WhyDown> = new Map();
  /** Services that were added while the reactor runs and have not been up yet. If one fails, it is forgotten, and the program goes on. */
  readonly #added: Map<ServiceNode, Change> = new Map();
  /** In the order in which they were asked for. */
  #waiting: Change[] = [];
  /** Those that stop or start services now. */
  readonly #active: Set<Change> = new Set();
  /** Those that are over but for services that can't start yet. */
  readonly #following: Set<Change> = new Set();
  /** The run that these changes belong to. */
  #run: Run | undefined;
  /** The stop of that run has been applied to the changes. */
  #isCut = false;
  #isAdvancing = false;
  /** `advance()` was called while it is on the stack. */
  #isDue = false;

  constructor(life: ServiceLife, app: ServiceHost) {
    this.#life = life;
    this.#app = app;
  }

  get areUnderWay(): boolean {
    return this.#active.size > 0 || this.#waiting.length > 0;
  }

  isUp(node: ServiceNode): boolean {
    return node.calledIn === PHASES.length && !this.#down.has(node);
  }

  pending(): PendingItem[] {
    const items = [...this.#active].flatMap(({ part }) => part?.pending() ?? []);
    const now = this.#life.env.now();
    const locked = this.#locked();
    for (const [node, why] of this.#down) {
      const { name, needs, since } = node;
      if (locked.has(node)) continue;
      const missing = needs.filter((need) => !this.isUp(need));
      if (why !== 'due' || missing.length === 0) continue;
      const status = `waits for ${listed(missing, (need) => need.name)}`;
      items.push({ kind: 'service', name, event: 'startup', age: now - since || 0, status });
    }
    return items;
  }

  // ── Requests ──

  /** Asks for a change. The same change asked for a second time is the first one. */
  ask(
    kind: 'restart' | 'remove' | 'add',
    service: Service,
    reason: StopReason,
    hasDependants: boolean,
  ): Promise<unknown> {
    const same = [...this.#waiting, ...this.#active, ...this.#following].find(
      (each) => each.kind === kind && each.service === service && each.hasDependants === hasDependants,
    );
    if (same !== undefined) return same.promise;
    const isLate = this.#life.current?.reason !== undefined;
    const isKnown = this.#life.events.services.find(service) !== undefined;
    const change = new Change(kind, service, reason, hasDependants, isLate, isKnown);
    try {
      this.#checkTime(change);
      this.#waiting.push(change);
      this.advance();
    } catch (error) {
      change.refuse(error);
    }
    return change.promise;
  }

  /** A service has gone down by itself. */
  lose(node: ServiceNode): void {
    if (this.#life.current?.startup === undefined || !node.hasStarted) return;
    this.#beginRun(this.#life.current);
    const changes = [...this.#active].filter(({ nodes }) => nodes.includes(node));
    if (changes.some(({ part }) => part?.event === 'shutdown') || this.#down.get(node) === 'leaving') return;
    this.#down.set(node, 'failed');
    node.setState('failed', this.#life.env.now());
    for (const { part } of changes) part?.lost(node);
  }

  /** Services can join until `during shutdown` begins, and leave until `before shutdown` does (C63). */
  #checkTime({ kind }: Change): void {
    const { events, current } = this.#life;
    const { shutdown } = events;
    const begun = shutdown.firing?.begun ?? (current?.hasPassed('shutdown') === true ? PHASES.length : 0);
    const isInBefore = begun === 1 && shutdown.firing?.isInPhase === true;
    if (begun === 0 || (kind === 'add' && isInBefore)) return;
    throw new PhasePassedError(
      kind === 'add'
        ? 'A service was added too late, during shutdown has begun: add it before that'
        : 'A service was to be removed too late, shutdown has begun, which stops it: remove it before that',
    );
  }

  // ── Steps ──

  advance(): void {
    this.#isDue = true;
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      while (this.#isDue) {
        this.#isDue = false;
        this.#step();
      }
    } finally {
      this.#isAdvancing = false;
    }
  }

  #step(): void {
    const run = this.#life.current;
    if (run?.startup === undefined || run.stage !== 'attached') return;
    this.#beginRun(run);
    if (run.reason !== undefined) this.#stop(run, run.reason);
    for (const change of [...this.#waiting]) if (this.#mayBegin(change)) this.#begin(change, run);
    if (run.reason === undefined) this.#startDue(run);
    for (const change of [...this.#following]) this.#follow(change, run);
  }

  /** Startup of this run is over: what has started is up. */
  #beginRun(run: Run): void {
    if (this.#run === run) return;
    this.#run = run;
    for (const node of this.#life.events.services.nodes) {
      const isLeft = PHASES.some((phase) => node.functionDue('startup', phase));
      if (node.hasStarted && !isLeft) node.calledIn = PHASES.length;
    }
  }

  /** Stopping has begun: parts that start are cut, parts that stop go on, and nothing else begins that was asked for before. */
  #stop(run: Run, reason: StopReason): void {
    if (!this.#isCut) {
      this.#isCut = true;
      const early = [...this.#waiting, ...this.#following].filter(({ isLate }) => !isLate);
      this.#waiting = this.#waiting.filter(({ isLate }) => isLate);
      for (const change of early) {
        this.#following.delete(change);
        change.reject(change.failure?.error ?? stopped());
      }
      for (const { part } of this.#active) {
        if (part?.event === 'startup') part.cut(reason);
        if (part !== undefined) this.#limit(part, run);
      }
    }
    if (run.escalationReason === undefined) return;
    for (const { part } of [...this.#active]) part?.escalate(run.escalationReason);
  }

  /** A start has as much time as `before` of shutdown, as when the start of the reactor is stopped (C29). */
  #limit(part: ServicePart, { stoppedAt = 0 }: Run): void {
    const { deadline = Infinity, before = Infinity } = this.#life.registry.limitsOf('shutdown') ?? {};
    const limit = part.event === 'startup' ? Math.min(deadline, before) : deadline;
    part.limitTo(stoppedAt + limit - this.#life.env.now(), `The time limit of a stop (${String(limit)} ms)`);
  }

  /** Changes that share services run one after the other. A service isn't stopped while one that needs it starts. */
  #mayBegin(change: Change): boolean {
    const root = this.#rootOf(change);
    if (root === undefined) return true;
    if (change.kind === 'add') return this.#down.get(root) !== 'leaving';
    const nodes = new Set(this.#nodesOf(change, root));
    const isShared = (node: ServiceNode): boolean => nodes.has(node);
    const isRead = ({ needs }: ServiceNode): boolean => needs.some((need) => nodes.has(need) && this.isUp(need));
    for (const { nodes: locked, part } of this.#active) {
      if (locked.some(isShared)) return false;
      if (part?.event === 'startup' && locked.some(isRead)) return false;
    }
    for (const earlier of this.#waiting) {
      if (earlier === change) break;
      const other = this.#rootOf(earlier);
      if (other !== undefined && earlier.kind !== 'add' && this.#nodesOf(earlier, other).some(isShared)) return false;
    }
    return true;
  }

  #rootOf({ service }: Change): ServiceNode | undefined {
    return service && this.#life.events.services.find(service);
  }

  #nodesOf({ kind, hasDependants }: Change, root: ServiceNode): readonly ServiceNode[] {
    return hasDependants ? dependantsOf(root, kind === 'remove', this.#life.events.services.nodes) : [root];
  }

  #begin(change: Change, run: Run): void {
    this.#waiting = this.#waiting.filter((each) => each !== change);
    try {
      this.#checkTime(change);
      if (change.kind === 'add') this.#add(change, run);
      else this.#beginStop(change, run);
    } catch (error) {
      change.refuse(error);
    }
  }

  #add(change: Change, run: Run): void {
    const { services } = this.#life.events;
    const service = change.service as Service; // as: an addition has one
    const known = services.find(service);
    if (known !== undefined) {
      change.wanted.add(known);
      this.#following.add(change);
      return;
    }
    change.nodes = services.add(
      service,
      this.#app,
      (event) => this.#life.registry.limitsOf(event),
      (node) => {
        this.#checkAddition(node);
      },
    );
    for (const node of change.nodes) {
      this.#down.set(node, 'due');
      this.#added.set(node, change);
    }
    this.#active.add(change);
    this.#beginStart(change, run);
  }

  #checkAddition({ name, isFoundation, needs }: ServiceNode): void {
    if (isFoundation)
      throw new TypeError(`Service "${printable(name)}" is a foundation and comes too late: use it before run()`);
    const leaving = needs.find((need) => this.#down.get(need) === 'leaving');
    if (leaving !== undefined)
      throw new ServiceGraphError(
        `Service "${printable(name)}" needs "${printable(leaving.name)}", which is being removed: add that again first`,
        [name, leaving.name],
      );
  }

  #beginStop(change: Change, run: Run): void {
    const root = this.#rootOf(change);
    if (root === undefined) {
      if (!change.isKnown) throw notUsed(change.service);
      if (change.kind === 'restart') change.fail(notUsed(change.service));
      change.settle(); // it was removed meanwhile
      return;
    }
    const nodes = this.#nodesOf(change, root);
    const foundation = nodes.find(({ isFoundation }) => isFoundation);
    if (change.kind === 'remove' && foundation !== undefined)
      throw new TypeError(
        `Service "${printable(foundation.name)}" is a foundation, or a foundation needs it: it can't be removed`,
      );
    change.nodes = nodes;
    this.#active.add(change);
    for (const node of nodes) {
      if (change.kind === 'remove') this.#down.set(node, 'leaving');
      else if (node === root || this.#down.get(node) !== 'failed') this.#down.set(node, 'due');
    }
    this.#beginPart(
      change,
      'shutdown',
      nodes.filter(({ hasStarted }) => hasStarted),
      run,
    );
  }

  #beginStart(change: Change, run: Run): void {
    if (run.reason !== undefined && !change.isLate) {
      this.#end(change);
      change.reject(change.failure?.error ?? stopped());
      return;
    }
    const due = change.nodes.filter((node) => this.#down.get(node) === 'due');
    for (const node of due) change.wanted.add(node);
    this.#beginPart(change, 'startup', due, run);
  }

  /** Starts what was left out, since something that it needs was down, and can start now. */
  #startDue(run: Run): void {
    const locked = this.#locked();
    const due: Set<ServiceNode> = new Set();
    for (const node of this.#life.events.services.nodes) {
      const canStart = node.needs.every((need) => due.has(need) || this.isUp(need));
      if (this.#down.get(node) === 'due' && !locked.has(node) && canStart) due.add(node);
    }
    if (due.size === 0) return;
    const change = new Change('start', undefined, { kind: 'start' }, false, false, true);
    change.nodes = [...due];
    this.#active.add(change);
    this.#beginStart(change, run);
  }

  /** The services that a change stops or starts now. */
  #locked(): ReadonlySet<ServiceNode> {
    return new Set([...this.#active].flatMap(({ nodes }) => nodes));
  }

  #beginPart(change: Change, event: LifeEvent, nodes: readonly ServiceNode[], run: Run): void {
    const { env: deps, registry, events } = this.#life;
    const { shutdown } = events;
    const part = new ServicePart(event, nodes, change.reason, registry.limitsOf(event), {
      deps,
      isUp: (node) => this.isUp(node),
      startFailed: (node, phase, error) => {
        this.#startFailed(change, node, phase, error);
      },
      stopFailed: (node, phase, error) => {
        deps.report(error, sourceOf(node, 'shutdown', phase));
      },
      outlived: (node, phase, error) => {
        this.#outlived(change, node, phase, error);
      },
      partOver: () => {
        this.#partOver(change, part, run);
      },
    });
    change.part = part;
    if (run.reason !== undefined) this.#limit(part, run);
    run.inContext(() => {
      part.begin(change.reason, run.stoppedAt);
    });
    // Services that are added in `before shutdown` hold it (C63).
    if (!part.isOver && shutdown.firing !== undefined) holdShutdown(shutdown, part, change);
  }

  #partOver(change: Change, part: ServicePart, run: Run): void {
    if (!this.#active.has(change)) return;
    if (part.event === 'startup') this.#started(change, part.started);
    else if (change.kind === 'remove') this.#removed(change);
    else this.#beginStart(change, run);
    this.advance();
    if (run.reason !== undefined && !this.areUnderWay) run.advance();
  }

  #started(change: Change, started: readonly ServiceNode[]): void {
    for (const node of started) {
      node.calledIn = PHASES.length;
      this.#down.delete(node);
      this.#added.delete(node);
    }
    this.#end(change);
    if (change.kind !== 'start') this.#following.add(change);
    const { firing } = this.#life.events.shutdown;
    // What was added in `before shutdown` has missed that phase.
    if (firing?.isInPhase === true && firing.begun === 1)
      new PhasePass('shutdown', 'before', firing, this.#life.env.now).begin(started);
  }

  #removed(change: Change): void {
    const { nodes } = change;
    this.#life.events.services.remove(nodes);
    this.#end(change);
    for (const node of nodes) {
      this.#down.delete(node);
      this.#added.delete(node);
      for (const other of this.#following) {
        other.wanted.delete(node);
        if (other.service === node.service) other.fail(removedWith(node, change));
      }
    }
    change.settle();
  }

  #end(change: Change): void {
    this.#active.delete(change);
  }

  /** Settles a change once all that it has to start is up. An addition that has failed is taken back first. */
  #follow(change: Change, run: Run): void {
    const isOver = change.failure !== undefined || [...change.wanted].every((node) => this.isUp(node));
    if (!isOver && run.reason === undefined) return;
    this.#following.delete(change);
    if (!isOver) change.reject(stopped());
    else if (change.failure === undefined || change.nodes.every((node) => this.#added.get(node) !== change))
      change.settle();
    else if (run.reason !== undefined)
      change.settle(); // the shutdown stops what has started of it
    else this.#takeBack(change);
  }

  #takeBack(addition: Change): void {
    const { service } = addition;
    const reason = { kind: 'remove', ...(service !== undefined && { service: service.name }) };
    const removal = new Change('remove', service, reason, true, false, true);
    removal.addition = addition;
    this.#waiting.unshift(removal);
    this.#isDue = true;
  }

  // ── Failures ──

  #startFailed(change: Change, node: ServiceNode, phase: Phase, error: unknown): void {
    const source = sourceOf(node, 'startup', phase);
    const addition = this.#added.get(node);
    const stopReason = this.#run?.reason;
    this.#down.set(node, 'failed');
    addition?.fail(error);
    for (const other of [change, ...this.#following]) if (other.wanted.has(node)) other.fail(error);
    // A start that was told to end and ends so has not failed (C29).
    const isToldToEnd = stopReason !== undefined && (error === stopReason || causeOf(error) === stopReason);
    const isHandled =
      isToldToEnd ||
      (addition === undefined && stopReason === undefined && node.settings.startFailed?.(error, source) === true);
    if (!isHandled) this.#life.env.report(error, source);
    if (!isHandled && addition === undefined) this.#fail(node, error);
    this.advance();
  }

  #outlived(change: Change, node: ServiceNode, phase: Phase, error: unknown): void {
    const { name } = node;
    const failure =
      error ??
      new TriggerFailedError(
        `Service "${printable(name)}" (shutdown, ${phase}) was abandoned: end it when context.signal aborts`,
        'shutdown',
        phase,
        name,
      );
    if (error !== undefined) this.#life.env.report(error, sourceOf(node, 'shutdown', phase));
    change.fail(failure);
    if (change.kind === 'restart') {
      this.#down.set(node, 'failed'); // never started beside itself
      this.#fail(node, failure);
    } else this.#run?.failures.add(failure);
  }

  #fail({ name }: ServiceNode, error: unknown): void {
    this.#life.failService({ kind: 'service-failed', service: name, cause: error }, error);
  }

  // ── End of the run ──

  abandon(reason: unknown): void {
    const active = [...this.#active];
    const changes = [...this.#waiting, ...active, ...this.#following];
    this.#waiting = [];
    this.#active.clear();
    this.#following.clear();
    for (const { part } of active) part?.abandon(reason);
    // A service that has gone down starts anew in the next run (C31).
    for (const [node, why] of this.#down) if (why === 'failed') node.hasStarted = false;
    this.#down.clear();
    this.#added.clear();
    this.#run = undefined;
    this.#isCut = false;
    for (const change of changes) change.reject(change.failure?.error ?? stopped());
  }
}

function sourceOf({ name }: ServiceNode, event: LifeEvent, phase: Phase): ErrorSource {
  return { kind: 'service', name, event, phase };
}

/** The cause of an error: Node's functions wrap the reason of their signal. The value may be anything that was thrown. */
function causeOf(error: unknown): unknown {
  return (error as { readonly cause?: unknown } | null | undefined)?.cause; // as: whatever was thrown
}

function stopped(): ReactorStoppedError {
  return new ReactorStoppedError(
    'The run ended, or began to stop, before this change of services was over: the shutdown stops what has started',
  );
}

function notUsed(service: Service | undefined): ServiceGraphError {
  const name = String(service?.name);
  return new ServiceGraphError(
    `Service "${printable(name)}" isn't used by this reactor, or was removed: use or add it first`,
    [name],
  );
}

function removedWith({ name }: ServiceNode, { service, addition }: Change): ServiceGraphError {
  const other = String(service?.name);
  return new ServiceGraphError(
    `Service "${printable(name)}" was removed, since "${printable(other)}" ${addition === undefined ? 'was' : 'failed to start'}: add it again`,
    [name, other],
  );
}
