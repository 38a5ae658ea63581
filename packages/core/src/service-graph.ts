import { PhasePassedError, ServiceGraphError } from './errors.ts';
import { PHASES, type Phase, type Phases, type Trigger, type TriggerContext } from './events.ts';
import type { Firing } from './firing.ts';
import type { TriggerOutcome, Waiting } from './observer.ts';
import { listed, printable } from './printable.ts';
import { keepShape } from './shape.ts';
import { openingLeftBehind, statusOf, timeouts, type Ends, type Service } from './services.ts';
import { checkPhases, RegisteredTrigger, triggerListsOf, type Registration, type TriggerList } from './trigger.ts';
import { checkLength } from './check-function.ts';

type ServiceState = 'idle' | 'starting' | 'started' | 'failed' | 'stopping' | 'stopped';

/** Shared by the many services that need nothing, or that nobody needs. */
const NOBODY: readonly Node[] = [];

/** A service among the others. Ten thousand of them are to start at little cost, so it holds no more than it must (benchmark: P10). */
class Node {
  readonly service: Service;
  /** In the order of `use`. */
  readonly place: number;
  readonly needs: readonly Node[];
  neededBy: readonly Node[] = NOBODY;
  /** Whether it has any startup function. */
  readonly starts: boolean;
  /** Phases whose startup function was called, and those where it has fulfilled, as bits: it has started when they are the same (C52). */
  called = 0;
  fulfilled = 0;
  /** As it was when the phase under way began. */
  started = false;
  state: ServiceState = 'idle';
  /** In the phase under way: those it must wait for. */
  blockers = 0;
  /** In the phase under way: its turn has come. */
  reached = false;

  static {
    keepShape(new Node({ name: '' }, 0, NOBODY, false));
  }

  constructor(service: Service, place: number, needs: readonly Node[], starts: boolean) {
    this.service = service;
    this.place = place;
    this.needs = needs;
    this.starts = starts;
  }

  /** C52: each of its startup functions that was called has fulfilled; one without any lives when what it needs does. */
  get hasStarted(): boolean {
    const { starts, called, fulfilled, needs } = this;
    if (starts) return called !== 0 && fulfilled === called;
    return needs.every(({ started }) => started);
  }

  /** Those that it waits for. */
  above(ends: Ends): readonly Node[] {
    return ends === 'startup' ? this.needs : this.neededBy;
  }
}

/** One call of a function of a service, on its object: a service may be written as a class. */
class ServiceTrigger extends RegisteredTrigger {
  readonly #graph: ServiceGraph;
  readonly #node: Node;

  constructor(list: TriggerList, run: Trigger, graph: ServiceGraph, node: Node) {
    super(list, run, optionsOf(node.service));
    this.#graph = graph;
    this.#node = node;
  }

  override get service(): Service {
    return this.#node.service;
  }

  override get name(): string {
    return this.service.name;
  }

  override call(context: TriggerContext): unknown {
    return this.run.call(this.service[this.event as Ends], context); // as: services are called at their ends alone
  }

  override onSettled(outcome: TriggerOutcome, firing: Firing): void {
    this.#graph.onSettled(this.#node, this.event as Ends, this.phase, outcome, firing); // as: see above
  }
}

/** The services of a reactor and what they need of each other. Needs must be used first, so the order of `use` is an order to start in. */
export class ServiceGraph {
  readonly #nodes: Map<Service, Node> = new Map();
  /** Of the functions of services; they are empty, since these stand in no list. */
  readonly #lists = { startup: triggerListsOf('startup', true), shutdown: triggerListsOf('shutdown', true) };
  #ready: Node[] = [];
  #draining = false;

  /** The longest of the lead times, in milliseconds: how long a stop is announced before anything closes (N8, N13). */
  get leadTime(): number {
    let longest = 0;
    for (const { service } of this.#nodes.values()) longest = Math.max(longest, service.leadTime ?? 0);
    return longest;
  }

  /**
   * Adds a service; `false` when it is there already. `begun`: how many phases of startup have begun, more than three once it is over.
   * `deadline`: of the shutdown, in milliseconds.
   */
  use(service: Service, begun: number, deadline: number): boolean {
    if (this.#nodes.has(service)) return false;
    const { name, needs } = service;
    if (typeof name !== 'string' || name === '')
      throw new TypeError('The service has no name: give it one, reports and errors show it');
    checkLeadTime(service, deadline);
    const nodes = needs === undefined || needs.length === 0 ? NOBODY : this.#nodesOf(service, needs);
    const first = firstPhase(service, 'startup');
    firstPhase(service, 'shutdown');
    if (begun > first) {
      throw new PhasePassedError(
        `Service "${name}" comes too late, its startup phase has begun: use it before run(), or in an earlier phase`,
      );
    }
    const node = new Node(service, this.#nodes.size, nodes, first < PHASES.length);
    for (const need of nodes) {
      if (need.neededBy === NOBODY) need.neededBy = [node];
      else (need.neededBy as Node[]).push(node); // as: only NOBODY is read-only
    }
    this.#nodes.set(service, node);
    return true;
  }

  /** What a service needs, in the order of `use`. */
  #nodesOf(service: Service, needs: readonly Service[]): Node[] {
    this.#refuseCycle(service);
    const nodes = needs.map((need) => {
      const node = this.#nodes.get(need);
      if (node !== undefined) return node;
      const path = [service.name, need.name];
      throw new ServiceGraphError(
        `Service "${service.name}" needs "${need.name}", which is not used (${path.join(' → ')}): use it first`,
        path,
      );
    });
    return nodes.sort((a, b) => a.place - b.place);
  }

  /** Calls what can be called at the start of a phase, and the rest as what it waits for settles. */
  enter(ends: Ends, phase: Phase, firing: Firing): void {
    let isAnyDue = false;
    for (const node of this.#nodes.values()) {
      // What a crash caught half started is started anew (C31).
      if (ends === 'startup' && phase === 'before' && !node.hasStarted) node.called = node.fulfilled = 0;
      node.blockers = node.above(ends).length;
      node.reached = false;
      node.started = node.hasStarted;
      if (node.started && node.state === 'idle') node.state = 'started';
      isAnyDue ||= node.service[ends]?.[phase] !== undefined;
    }
    if (!isAnyDue) return; // each is done with this phase at once: none is to be listed
    const ready: Node[] = [];
    for (const node of this.#nodes.values()) if (node.blockers === 0) ready.push(node);
    if (ends === 'shutdown') ready.reverse();
    this.#ready = ready;
    this.#drain(ends, phase, firing);
  }

  /** A queue, not recursion: a chain of ten thousand services must not fill the stack. */
  #drain(ends: Ends, phase: Phase, firing: Firing): void {
    const ready = this.#ready;
    if (this.#draining || ready.length === 0) return;
    this.#draining = true;
    for (let i = 0; i < ready.length && !firing.isCut; i++) {
      const node = ready[i];
      if (node !== undefined) this.#reach(node, ends, phase, firing);
    }
    this.#ready = [];
    this.#draining = false;
  }

  #reach(node: Node, ends: Ends, phase: Phase, firing: Firing): void {
    node.reached = true;
    const bit = bitOf(phase);
    const phases: Phases | undefined = node.service[ends] as Phases | undefined; // as: the engine does not know the detail's type
    const run = phases?.[phase];
    const isDue = ends === 'startup' ? (node.called & bit) === 0 : node.started;
    if (run === undefined || !isDue) {
      this.#unblock(node, ends);
      return;
    }
    if (ends === 'startup') node.called |= bit;
    node.state = ends === 'startup' ? 'starting' : 'stopping';
    firing.call(new ServiceTrigger(this.#lists[ends][phase], run, this, node));
  }

  /** Called by the trigger: who waited for the service alone is called now. */
  onSettled(node: Node, ends: Ends, phase: Phase, outcome: TriggerOutcome, firing: Firing): void {
    if (ends === 'startup') {
      if (outcome === 'done') node.fulfilled |= bitOf(phase);
      if (outcome === 'abandoned') openingLeftBehind.get(node.service)?.();
      node.state = node.hasStarted ? 'started' : 'failed';
    }
    this.#unblock(node, ends);
    this.#drain(ends, phase, firing);
  }

  /** It has settled in this phase: who waited for it alone is ready. */
  #unblock(node: Node, ends: Ends): void {
    const waiting = ends === 'startup' ? node.neededBy : node.needs;
    const last = waiting.length - 1;
    for (let i = 0; i <= last; i++) {
      const next = waiting[ends === 'startup' ? i : last - i]; // what was used last is stopped first
      if (next !== undefined && --next.blockers === 0) this.#ready.push(next);
    }
  }

  /** The run is over: what had started is stopped. After a crash it stays as it is, for the next run (C31). */
  end(): void {
    for (const node of this.#nodes.values())
      if (node.state !== 'idle' && node.state !== 'failed') node.state = 'stopped';
  }

  /** Those that wait for others in the phase under way. */
  waiting(ends: Ends, phase: Phase): Waiting[] {
    const nodes = [...this.#nodes.values()];
    return nodes
      .filter(({ reached, blockers, service }) => !reached && blockers > 0 && service[ends]?.[phase] !== undefined)
      .map((node) => {
        const held = node.above(ends);
        return {
          kind: 'service',
          name: node.service.name,
          event: ends,
          phase,
          age: 0,
          status: `waits for ${listed(held, ({ service }) => service.name)}`,
        };
      });
  }

  /** The tree: what nobody needs first, below each what it needs, with its state and what it says of itself (C52). */
  describe(): string {
    const lines: string[] = [];
    const shown: Set<Node> = new Set();
    const show = (node: Node, prefix: string, branch: string, below: string): void => {
      const { service, state, needs } = node;
      const status = statusOf(service);
      const again = shown.has(node) && needs.length > 0;
      lines.push(
        `${prefix}${branch}${printable(service.name)}: ${state}${status === undefined ? '' : ` (${printable(status)})`}${again ? ' …' : ''}`,
      );
      if (again) return;
      shown.add(node);
      needs.forEach((need, i) => {
        const last = i === needs.length - 1;
        show(need, prefix + below, last ? '└─ ' : '├─ ', last ? '   ' : '│  ');
      });
    };
    for (const node of this.#nodes.values()) if (node.neededBy.length === 0) show(node, '', '', '');
    return lines.join('\n');
  }

  #refuseCycle(service: Service): void {
    const cycle = this.#findCycle(service, []);
    if (cycle === undefined) return;
    throw new ServiceGraphError(`Services need each other: ${cycle.join(' → ')}; take one need away`, cycle);
  }

  /** What is used already needs only what was used before it: it cannot lead back to this one. */
  #findCycle(service: Service, above: readonly Service[]): string[] | undefined {
    const from = above.indexOf(service);
    if (from >= 0) return [...above.slice(from), service].map(({ name }) => name);
    if (this.#nodes.has(service)) return undefined;
    for (const need of service.needs ?? []) {
      const cycle = this.#findCycle(need, [...above, service]);
      if (cycle !== undefined) return cycle;
    }
    return undefined;
  }
}

function bitOf(phase: Phase): number {
  return 1 << PHASES.indexOf(phase);
}

/** The place of the first phase in which a service has a function; behind the last without one. Throws where they are no phases. */
function firstPhase(service: Service, ends: Ends): number {
  const phases = service[ends] as Phases | undefined; // as: the detail's type does not matter here
  if (phases === undefined) return PHASES.length;
  checkPhases(phases, ends === 'startup' ? startupOf : shutdownOf, service);
  let first = 0;
  while (first < PHASES.length && phases[PHASES[first] as Phase] === undefined) first++; // as: it is below the length
  return first;
}

/** A lead time leaves at least as long for the shutdown itself (N8). */
function checkLeadTime({ name, leadTime }: Service, deadline: number): void {
  if (leadTime === undefined) return;
  checkLength(leadTime, `The lead time of service "${name}"`);
  if (leadTime <= deadline / 2) return;
  throw new RangeError(
    `The lead time of service "${name}" is ${String(leadTime)} ms, more than half of the shutdown deadline (${String(deadline)} ms): shorten it, or raise limits.shutdown.deadline to at least ${String(2 * leadTime)}`,
  );
}

function startupOf({ name }: Service): string {
  return `The startup of service "${name}"`;
}

function shutdownOf({ name }: Service): string {
  return `The shutdown of service "${name}"`;
}

const NO_TIMEOUT: Registration = {};

function optionsOf(service: Service): Registration {
  const timeout = timeouts.get(service);
  return timeout === undefined ? NO_TIMEOUT : { timeout };
}
