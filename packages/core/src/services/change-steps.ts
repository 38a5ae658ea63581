import type { Run } from '../life/run.ts';
import { checkAddition, checkRemoval, isTooLate, notUsed, tooLate } from './change-errors.ts';
import type { ChangeOutcomes } from './change-outcomes.ts';
import type { ChangeQueue } from './change-queue.ts';
import type { Change } from './change.ts';
import type { DownServices } from './down-services.ts';
import type { PartFailures } from './part-failures.ts';
import { holdShutdown } from './part-hold.ts';
import type { ServiceLife } from './service-life.ts';
import type { LifeEvent, ServiceNode } from './service-node.ts';
import { ServicePart } from './service-part.ts';
import type { Service, ServiceHost } from './service.ts';

/** The steps of a change: it begins, stops services, and starts services. */
export class ChangeSteps {
  readonly #life: ServiceLife;
  readonly #app: ServiceHost;
  readonly #down: DownServices;
  readonly #queue: ChangeQueue;
  readonly #failures: PartFailures;
  readonly #outcomes: ChangeOutcomes;
  readonly #advance: () => void;

  /** `advance`: see `ServiceChanges`. */
  constructor(
    life: ServiceLife,
    app: ServiceHost,
    down: DownServices,
    queue: ChangeQueue,
    failures: PartFailures,
    outcomes: ChangeOutcomes,
    advance: () => void,
  ) {
    this.#life = life;
    this.#app = app;
    this.#down = down;
    this.#queue = queue;
    this.#failures = failures;
    this.#outcomes = outcomes;
    this.#advance = advance;
  }

  begin(change: Change, run: Run): void {
    this.#queue.remove(change);
    try {
      if (isTooLate(change, this.#life)) throw tooLate(change);
      if (change.kind === 'add') this.#add(change, run);
      else this.#beginStop(change, run);
    } catch (error) {
      change.refuse(error);
    }
  }

  #add(change: Change, run: Run): void {
    const { events, registry } = this.#life;
    const known = this.#queue.rootOf(change);
    if (known !== undefined) {
      change.wanted.add(known);
      this.#queue.following.add(change);
      return;
    }
    const nodes = events.services.add(
      change.service as Service, // as: an addition has one
      this.#app,
      (event) => registry.limitsOf(event),
      (node) => {
        checkAddition(
          node,
          node.needs.find((need) => this.#down.is(need, 'leaving')),
        );
      },
    );
    for (const node of nodes) {
      this.#down.add(node, 'due');
      this.#failures.added.set(node, change);
    }
    this.beginStart(change, nodes, run);
  }

  /** The first part of a restart, and the only one of a removal. */
  #beginStop(change: Change, run: Run): void {
    const root = this.#queue.rootOf(change);
    const isRemoval = change.kind === 'remove';
    if (root === undefined) {
      if (!change.isKnown) throw notUsed(change);
      if (!isRemoval) change.fail(notUsed(change)); // it was removed meanwhile
      change.settle();
      return;
    }
    const nodes = this.#queue.nodesOf(change, root);
    if (isRemoval) checkRemoval(nodes);
    for (const node of nodes) {
      if (isRemoval) this.#down.add(node, 'leaving');
      else if (node === root || !this.#down.is(node, 'failed')) this.#down.add(node, 'due');
    }
    change.nodes = nodes;
    this.#beginPart(
      change,
      'shutdown',
      nodes.filter(({ hasStarted }) => hasStarted),
      run,
    );
  }

  beginStart(change: Change, nodes: readonly ServiceNode[], run: Run): void {
    const due = nodes.filter((node) => this.#down.is(node, 'due'));
    change.nodes = nodes;
    for (const node of due) change.wanted.add(node);
    this.#beginPart(change, 'startup', due, run);
  }

  #beginPart(change: Change, event: LifeEvent, nodes: readonly ServiceNode[], run: Run): void {
    const { env, registry, events } = this.#life;
    const part = new ServicePart(event, nodes, change.reason, registry.limitsOf(event), {
      deps: env,
      isUp: (node) => this.#down.isUp(node),
      startFailed: (node, phase, error) => {
        this.#failures.startFailed(change, node, phase, error);
        this.#advance();
      },
      stopFailed: this.#failures.stopFailed,
      outlived: (node, phase, error) => {
        this.#failures.outlived(change, node, phase, error);
      },
      partOver: () => {
        this.#partOver(change, part, run);
      },
    });
    change.part = part;
    this.#queue.active.add(change);
    if (run.reason !== undefined) part.limit(run, this.#life.registry.limitsOf('shutdown'));
    run.inContext(() => {
      part.begin(change.reason, run.stoppedAt);
    });
    // Services that are added in `before shutdown` hold it (C63).
    if (!part.isOver && events.shutdown.firing !== undefined) holdShutdown(events.shutdown, part, change);
  }

  #partOver(change: Change, part: ServicePart, run: Run): void {
    if (!this.#queue.active.has(change)) return;
    if (part.event === 'startup') this.#outcomes.started(change, part.started);
    else if (change.kind === 'remove') this.#outcomes.removed(change);
    else if (run.reason !== undefined) this.#queue.reject(change);
    else this.beginStart(change, change.nodes, run);
    this.#advance();
    if (run.reason !== undefined && !this.#queue.areUnderWay) run.advance();
  }
}
