import { PHASES } from '../ground/events.ts';
import { removedWith } from './change-errors.ts';
import type { ChangeQueue } from './change-queue.ts';
import { Change } from './change.ts';
import type { DownServices } from './down-services.ts';
import type { PartFailures } from './part-failures.ts';
import { PhasePass } from './phase-pass.ts';
import type { ServiceLife } from './service-life.ts';
import type { ServiceNode } from './service-node.ts';

/** What comes of a change when a part of it is over. */
export class ChangeOutcomes {
  readonly #life: ServiceLife;
  readonly #down: DownServices;
  readonly #queue: ChangeQueue;
  readonly #failures: PartFailures;

  constructor(life: ServiceLife, down: DownServices, queue: ChangeQueue, failures: PartFailures) {
    this.#life = life;
    this.#down = down;
    this.#queue = queue;
    this.#failures = failures;
  }

  /** The part that starts is over: `started` are up. */
  started(change: Change, started: readonly ServiceNode[]): void {
    for (const node of started) {
      node.calledIn = PHASES.length;
      this.#down.delete(node);
      this.#failures.added.delete(node);
    }
    this.#queue.remove(change);
    if (change.kind !== 'start') this.#queue.following.add(change);
    const { firing } = this.#life.events.shutdown;
    // What was added in `before shutdown` has missed that phase.
    if (firing?.isInPhase === true && firing.begun === 1)
      new PhasePass('shutdown', 'before', firing, this.#life.env.now).begin(started);
  }

  /** The part that stops, of a removal, is over. */
  removed(change: Change): void {
    const { nodes } = change;
    this.#life.events.services.remove(nodes);
    this.#queue.remove(change);
    for (const node of nodes) {
      this.#down.delete(node);
      this.#failures.added.delete(node);
      for (const other of this.#queue.following) {
        other.wanted.delete(node);
        if (other.service === node.service) other.fail(removedWith(node, change));
      }
    }
    change.settle();
  }

  /**
   * Settles a change once all that it has to start is up. An addition that has failed is taken back first: then another change
   * waits, and this returns `true`.
   */
  follow(change: Change, isStopping: boolean): boolean {
    const { failure, wanted, nodes } = change;
    const isOver = failure !== undefined || [...wanted].every((node) => this.#down.isUp(node));
    const isLeft = nodes.some((node) => this.#failures.added.get(node) === change);
    if (!isOver && !isStopping) return false;
    if (!isOver) this.#queue.reject(change);
    else {
      this.#queue.remove(change);
      if (failure !== undefined && !isStopping && isLeft) {
        this.#queue.waiting.unshift(Change.takingBack(change));
        return true;
      }
      change.settle();
    }
    return false;
  }
}
