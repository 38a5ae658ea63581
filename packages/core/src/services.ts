import { PhasePassedError, ResourceClosedError, ServiceGraphError } from './errors.ts';
import { messageOf } from './error-path.ts';
import { PHASES, type Phase, type Phases, type TriggerContext } from './events.ts';
import type { Firing } from './firing.ts';
import type { StopReason } from './host.ts';
import type { Waiting } from './observer.ts';
import { checkFunction, checkLength, phasesOf, RegisteredTrigger } from './trigger.ts';

/** Both ends of something that lives as long as the run (C52). */
export interface Service {
  /** What reports, pending lines and errors call it. */
  readonly name: string;
  /** Started after these, stopped before them. */
  readonly needs?: readonly Service[];
  /** Called when those it needs have settled in the same phase; one that fails ends the start (C26). */
  readonly startup?: Phases<undefined>;
  /** Called only if it has started, when those that need it have settled in the same phase. */
  readonly shutdown?: Phases<StopReason>;
  /** A few words for `describe()` and pending lines: `3 requests`. */
  status?(): string;
}

/** A service with a value: a connection, a pool, a file. */
export interface Resource<T> extends Service {
  /** What `open` gave; outside of its life `ResourceClosedError`. */
  readonly value: T;
}

/** The limit of a resource's functions: a plain `Service` has none. */
const timeouts: WeakMap<Service, number> = new WeakMap();

/** Tells a resource that its opening was left behind: nothing would close a value that comes later, so it gets none. */
const openingLeftBehind: WeakMap<Service, () => void> = new WeakMap();

/**
 * The common service (C52): opened in `during startup`, closed in `during shutdown`, `.value` in between.
 * `open` and `close` may each pend for `timeout` milliseconds; an `open` that outlives it must clean up after itself when `context.signal` aborts.
 *
 * @example
 * const db = reactor.use(resource('db', () => openDb(), (db) => db.close()));
 */
export function resource<T>(
  name: string,
  open: (context: TriggerContext<undefined>) => T | PromiseLike<T>,
  close?: (value: T, context: TriggerContext<StopReason>) => unknown,
  options: { readonly needs?: readonly Service[]; readonly timeout?: number } = {},
): Resource<T> {
  checkFunction(open, `The open function of resource "${name}"`);
  if (close !== undefined) checkFunction(close, `The close function of resource "${name}"`);
  checkLength(options.timeout, `The timeout of resource "${name}"`);
  let opened: { readonly value: T } | undefined;
  let leftBehind = 0;
  const service: Resource<T> = {
    name,
    needs: options.needs ?? [],
    startup: {
      async during(context) {
        const before = leftBehind;
        const value = await open(context);
        if (leftBehind === before) opened = { value };
      },
    },
    shutdown: {
      async during(context) {
        const last = opened;
        try {
          if (last !== undefined) await close?.(last.value, context);
        } finally {
          opened = undefined;
        }
      },
    },
    get value() {
      if (opened === undefined) {
        throw new ResourceClosedError(
          `Resource "${name}" is not open: read its value between its start and its stop, or name it in needs`,
        );
      }
      return opened.value;
    },
  };
  openingLeftBehind.set(service, () => {
    leftBehind++;
  });
  if (options.timeout !== undefined) timeouts.set(service, options.timeout);
  return service;
}

type Ends = 'startup' | 'shutdown';
type ServiceState = 'idle' | 'starting' | 'started' | 'failed' | 'stopping' | 'stopped';

/** The functions of one end of a service, as triggers that stand in no list. */
type Calls = Partial<Record<Phase, RegisteredTrigger>>;

interface Node {
  readonly service: Service;
  /** In the order of `use`. */
  readonly place: number;
  readonly needs: readonly Node[];
  readonly neededBy: Node[];
  readonly startup: Calls;
  readonly shutdown: Calls;
  /** Phases whose startup function was called, and those where it has fulfilled, as bits: it has started when they are the same (C52). */
  called: number;
  fulfilled: number;
  /** As it was when the phase under way began. */
  started: boolean;
  state: ServiceState;
  /** In the phase under way: those it must wait for. */
  blockers: number;
  /** In the phase under way: its turn has come. */
  reached: boolean;
}

/** The services of a reactor and what they need of each other. Needs must be used first, so the order of `use` is an order to start in. */
export class ServiceGraph {
  readonly #nodes: Map<Service, Node> = new Map();
  #ready: Node[] = [];
  #draining = false;

  /** `begun`: how many phases of startup have begun; more than three once it is over. */
  use(service: Service, begun: number): void {
    if (this.#nodes.has(service)) return;
    const { name, needs = [] } = service;
    if (typeof name !== 'string' || name === '')
      throw new TypeError('The service has no name: give it one, reports and errors show it');
    const cycle = this.#findCycle(service, []);
    if (cycle !== undefined)
      throw new ServiceGraphError(`Services need each other: ${cycle.join(' → ')}; take one need away`, cycle);
    const nodes = needs.map((need) => {
      const node = this.#nodes.get(need);
      if (node !== undefined) return node;
      const path = [name, need.name];
      throw new ServiceGraphError(
        `Service "${name}" needs "${need.name}", which is not used (${path.join(' → ')}): use it first`,
        path,
      );
    });
    const startup = callsOf(service, 'startup');
    const first = PHASES.findIndex((phase) => startup[phase] !== undefined);
    if (begun > (first < 0 ? PHASES.length : first)) {
      throw new PhasePassedError(
        `Service "${name}" comes too late, its startup phase has begun: use it before run(), or in an earlier phase`,
      );
    }
    const node: Node = {
      service,
      place: this.#nodes.size,
      needs: nodes.sort((a, b) => a.place - b.place),
      neededBy: [],
      startup,
      shutdown: callsOf(service, 'shutdown'),
      called: 0,
      fulfilled: 0,
      started: false,
      state: 'idle',
      blockers: 0,
      reached: false,
    };
    for (const need of nodes) need.neededBy.push(node);
    this.#nodes.set(service, node);
  }

  /** Calls what can be called at the start of a phase, and the rest as what it waits for settles. */
  enter(ends: Ends, phase: Phase, firing: Firing): void {
    const nodes = [...this.#nodes.values()];
    for (const node of nodes) {
      // What a crash caught half started is started anew (C31).
      if (ends === 'startup' && phase === 'before' && !hasStarted(node)) node.called = node.fulfilled = 0;
      node.blockers = (ends === 'startup' ? node.needs : node.neededBy).length;
      node.reached = false;
      node.started = hasStarted(node);
      if (node.started && node.state === 'idle') node.state = 'started';
    }
    if (ends === 'shutdown') nodes.reverse();
    this.#ready = nodes.filter(({ blockers }) => blockers === 0);
    this.#drain(ends, phase, firing);
  }

  /** A queue, not recursion: a chain of ten thousand services must not fill the stack. */
  #drain(ends: Ends, phase: Phase, firing: Firing): void {
    if (this.#draining) return;
    this.#draining = true;
    const ready = this.#ready;
    for (let i = 0; i < ready.length && !firing.isCut; i++) {
      const node = ready[i];
      if (node !== undefined) this.#reach(node, ends, phase, firing);
    }
    this.#ready = [];
    this.#draining = false;
  }

  #reach(node: Node, ends: Ends, phase: Phase, firing: Firing): void {
    node.reached = true;
    const call = node[ends][phase];
    const bit = 1 << PHASES.indexOf(phase);
    if (call === undefined || (ends === 'startup' ? (node.called & bit) !== 0 : !node.started)) {
      this.#unblock(node, ends);
      return;
    }
    if (ends === 'startup') node.called |= bit;
    node.state = ends === 'startup' ? 'starting' : 'stopping';
    firing.call(call, (outcome) => {
      if (ends === 'startup') {
        if (outcome === 'done') node.fulfilled |= bit;
        if (outcome === 'abandoned') openingLeftBehind.get(node.service)?.();
        node.state = hasStarted(node) ? 'started' : 'failed';
      }
      this.#unblock(node, ends);
      this.#drain(ends, phase, firing);
    });
  }

  /** It has settled in this phase: who waited for it alone is ready. */
  #unblock(node: Node, ends: Ends): void {
    // What was used last is stopped first.
    for (const next of ends === 'startup' ? node.neededBy : [...node.needs].reverse()) {
      if (--next.blockers === 0) this.#ready.push(next);
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
      .filter((node) => !node.reached && node.blockers > 0 && node[ends][phase] !== undefined)
      .map((node) => {
        const held = (ends === 'startup' ? node.needs : node.neededBy).map(({ service }) => service.name);
        return {
          kind: 'service',
          name: node.service.name,
          event: ends,
          phase,
          age: 0,
          status: `waits for ${held.join(', ')}`,
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
        `${prefix}${branch}${service.name}: ${state}${status === undefined ? '' : ` (${status})`}${again ? ' …' : ''}`,
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

function callsOf(service: Service, ends: Ends): Calls {
  const phases: Phases | undefined = service[ends] as Phases | undefined; // as: the engine does not know the detail's type
  const calls: Calls = {};
  if (phases === undefined) return calls;
  const timeout = timeouts.get(service);
  const options = { name: service.name, ...(timeout !== undefined && { timeout }) };
  for (const [phase] of phasesOf(phases, `The ${ends} of service "${service.name}"`)) {
    // Called through its object, so that a service may be written as a class.
    const run = (context: TriggerContext): unknown => phases[phase]?.(context);
    calls[phase] = new RegisteredTrigger(ends, phase, run, options, 0, service);
  }
  return calls;
}

/** C52: each of its startup functions that was called has fulfilled; one without any lives when what it needs does. */
function hasStarted({ startup, called, fulfilled, needs }: Node): boolean {
  if (PHASES.some((phase) => startup[phase] !== undefined)) return called !== 0 && fulfilled === called;
  return needs.every(({ started }) => started);
}

/** What a service says of itself; a `status` that throws says that. */
export function statusOf(service: Service): string | undefined {
  try {
    return service.status?.();
  } catch (error) {
    return `status failed: ${messageOf(error)}`;
  }
}
