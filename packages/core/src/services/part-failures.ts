import type { Phase } from '../ground/events.ts';
import { leftBehind, sourceOf } from './change-errors.ts';
import type { ChangeQueue } from './change-queue.ts';
import type { Change } from './change.ts';
import { failProgram } from './fail-program.ts';
import type { ServiceLife } from './service-life.ts';
import type { ServiceNode } from './service-node.ts';

/** What follows when a service fails to start or to stop while the reactor runs. */
export class PartFailures {
  readonly #life: ServiceLife;
  readonly #queue: ChangeQueue;

  constructor(life: ServiceLife, queue: ChangeQueue) {
    this.#life = life;
    this.#queue = queue;
  }

  /**
   * A start has failed. If the service was being added, that rejects (C63). Otherwise its restart policy goes on from here (C59), or the
   * program ends with `service-failed` (C60).
   */
  startFailed(change: Change, node: ServiceNode, phase: Phase, error: unknown): void {
    const source = sourceOf(node, 'startup', phase);
    const addition = this.#queue.added.get(node);
    addition?.fail(error);
    for (const other of [change, ...this.#queue.following]) if (other.mustBeUp.has(node)) other.fail(error);
    if (addition === undefined && node.settings.startFailed?.(error, source) === true) return;
    this.#life.env.report(error, source);
    if (addition === undefined) this.#failProgram(node, error);
  }

  /** A shutdown function has failed: it is over all the same. */
  readonly stopFailed = (node: ServiceNode, phase: Phase, error: unknown): void => {
    this.#life.env.report(error, sourceOf(node, 'shutdown', phase));
  };

  /**
   * A shutdown function was abandoned: `error` is its timeout, or undefined if the stop was escalated. What it does may still run, so the
   * service isn't started again: the change fails, and so does the program, unless the service was to be removed.
   */
  stopAbandoned(change: Change, node: ServiceNode, phase: Phase, error: unknown): void {
    const failure = error ?? leftBehind(node, phase);
    if (error !== undefined) this.stopFailed(node, phase, error);
    change.fail(failure);
    if (change.kind === 'remove') this.#life.current?.failures.add(failure);
    else this.#failProgram(node, failure);
  }

  #failProgram({ name }: ServiceNode, error: unknown): void {
    failProgram(this.#life, { kind: 'service-failed', service: name, cause: error }, error);
  }
}
