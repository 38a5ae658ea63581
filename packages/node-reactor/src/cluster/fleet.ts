import { addService, removeService, type StopReason } from '@triphase/core';
import type { NodeReactor } from '../node-reactor.ts';
import { ClusterWorker } from './cluster-worker.ts';
import { ClusterWorkerError } from './errors.ts';
import type { ClusterSettings } from './options.ts';
import { versionOf } from './program-version.ts';
import type { FailedWorker, ReloadReport, ReplacedWorker } from './reload-report.ts';
import type { WorkerEnd } from './worker-process.ts';

/** What a fleet tells its owner. */
export interface FleetOwner {
  /** A worker has ended in a stop, and not cleanly. */
  endedBadly(worker: ClusterWorker, end: WorkerEnd, reason: StopReason): void;
  /** A signal of somebody else has stopped a worker, it has ended cleanly, and another process of it is started. */
  stoppedFromOutside(worker: ClusterWorker, signal: string): void;
}

/** The workers of a cluster, and their replacement (H3, H4). */
export class Fleet {
  readonly #app: NodeReactor;
  readonly #settings: ClusterSettings;
  readonly #owner: FleetOwner;
  #workers: ClusterWorker[] = [];
  #generation = 1;
  #number = 0;

  constructor(app: NodeReactor, settings: ClusterSettings, owner: FleetOwner) {
    this.#app = app;
    this.#settings = settings;
    this.#owner = owner;
  }

  /** Those that serve, start or stop; the oldest first. */
  get workers(): readonly ClusterWorker[] {
    return this.#workers;
  }

  /** Such as `mixed: 1 new, 1 old`, where not all are of one generation. */
  get mixed(): string | undefined {
    const newCount = this.#workers.filter(({ generation }) => generation === this.#generation).length;
    const oldCount = this.#workers.length - newCount;
    return newCount > 0 && oldCount > 0 ? `mixed: ${String(newCount)} new, ${String(oldCount)} old` : undefined;
  }

  /** Registers the first workers: they start with the reactor, side by side. */
  use(): void {
    for (let n = 0; n < this.#settings.workers; n++) this.#app.use(this.#make(false).service);
  }

  /**
   * Replaces each worker by a new one: the new one first, complete and ready, then the old one stops and drains. No further one is
   * replaced once a new one has failed, or the primary stops. Never rejects.
   */
  async reload(): Promise<ReloadReport> {
    const began = this.#app.now();
    const generation = ++this.#generation;
    const queue = [...this.#workers];
    const replaced: ReplacedWorker[] = [];
    const failed: FailedWorker[] = [];
    const count = queue.length;
    const replaceAll = async (): Promise<void> => {
      for (let old = queue.shift(); old !== undefined && failed.length === 0; old = queue.shift()) {
        const outcome = await this.#replace(old);
        if (outcome === undefined) return;
        if ('error' in outcome) failed.push(outcome);
        else replaced.push(outcome);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#settings.surge, queue.length) }, replaceAll));
    const isGivenUp = failed.length === 0 && replaced.length < count;
    return {
      generation,
      ok: replaced.length === count,
      givenUp: isGivenUp,
      durationMs: Math.round(this.#app.now() - began),
      replaced,
      failed,
      mixed: isGivenUp ? undefined : this.mixed,
    };
  }

  #isRunning(): boolean {
    return this.#app.state === 'running';
  }

  /** Undefined if the primary stops meanwhile: that ends all workers, the new and the old. */
  async #replace(old: ClusterWorker): Promise<ReplacedWorker | FailedWorker | undefined> {
    if (!this.#isRunning()) return undefined;
    const fresh = this.#make(true);
    try {
      await addService(this.#app, fresh.service);
      if (!this.#isRunning()) return undefined;
      if (fresh.failure !== undefined) throw fresh.failure;
      // It may have ended since: then the old one goes on until it is back.
      if (fresh.state !== 'ready') throw new ClusterWorkerError(`${fresh.name} ended as soon as it was ready`, []);
    } catch (error) {
      if (!this.#isRunning()) return undefined;
      await removeService(this.#app, fresh.service).catch(() => undefined); // it may be gone already
      this.#forget(fresh);
      return failureOf(fresh, error);
    }
    const wasRunning = old.process?.isOver === false;
    try {
      await removeService(this.#app, old.service);
    } catch (error) {
      return this.#isRunning() ? failureOf(old, error) : undefined;
    } finally {
      this.#forget(old);
    }
    return {
      worker: fresh.name,
      old: old.name,
      readyMs: Math.round(fresh.readyMs),
      drainMs: wasRunning ? Math.round(old.drainMs) : 0,
      oldEnd: wasRunning && old.end !== undefined ? old.end.text : 'was not running',
      drained: !wasRunning || old.end?.isClean !== false,
    };
  }

  /**
   * Fails the primary, and returns `true`, if the last worker on the socket of systemd has ended: `node:cluster` closes a socket in the primary
   * when no worker listens on it any more. A socket that was passed to the primary cannot be opened again: another file may have its number by
   * then. systemd still has it, so a new primary loses no connection.
   */
  #failIfSocketIsLost({ process }: ClusterWorker, error: ClusterWorkerError): boolean {
    if (process?.usesPassedSocket !== true || this.#app.state !== 'running') return false;
    if (this.#workers.some((each) => each.process?.isListening === true)) return false;
    this.#app.fail(
      new ClusterWorkerError(
        `${error.message}. It was the last one on the socket of systemd, which is closed with it: let systemd start the primary again (Restart=on-failure)`,
        error.lines,
      ),
    );
    return true;
  }

  /**
   * A worker that has closed a listener lets its clients go only when the primary tells it to. In a stop they would connect to the next worker
   * that is about to close: so none is told before all workers have closed theirs.
   */
  #letGo(): void {
    const listening = this.#workers.flatMap(({ process }) =>
      process?.isOver === false && process.hasListened ? process : [],
    );
    const isStopping = this.#app.state === 'stopping';
    const least = isStopping ? Math.min(...listening.map(({ closed }) => closed)) : Infinity;
    for (const process of listening) if (process.closed > 0) process.letGo(Math.min(process.closed, least));
  }

  #forget(worker: ClusterWorker): void {
    this.#workers = this.#workers.filter((each) => each !== worker);
  }

  #make(takesOver: boolean): ClusterWorker {
    const { main } = this.#settings;
    const worker = new ClusterWorker(++this.#number, this.#generation, versionOf(main), {
      ...this.#settings,
      takesOver,
      closed: () => {
        this.#letGo();
      },
      stoppedFromOutside: (each, signal) => {
        this.#owner.stoppedFromOutside(each, signal);
      },
      endsAll: (each, error) => this.#failIfSocketIsLost(each, error),
      ended: (each, end, reason) => {
        if (!end.isClean) this.#owner.endedBadly(each, end, reason);
      },
    });
    this.#workers = [...this.#workers, worker];
    return worker;
  }
}

function failureOf({ name, process }: ClusterWorker, error: unknown): FailedWorker {
  const { message } = error as Error; // as: of addService and removeService
  const lines = error instanceof ClusterWorkerError ? error.lines : (process?.lines ?? []);
  return { worker: name, error: message, lines: [...lines] };
}
