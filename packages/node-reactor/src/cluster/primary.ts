import type { Logger, StopReason } from '@triphase/core';
import { failProcess } from '@triphase/core/process';
import console from 'node:console';
import { takeNodeHost } from '../node-host.ts';
import type { NodeReactor } from '../node-reactor.ts';
import { statusOf, type ClusterStatus } from './cluster-status.ts';
import type { ClusterWorker } from './cluster-worker.ts';
import { ControlServer, type ControlAnswer } from './control-server.ts';
import { ClusterWorkerError } from './errors.ts';
import { Fleet } from './fleet.ts';
import type { ClusterSettings } from './options.ts';
import { formatReload, type ReloadReport } from './reload-report.ts';
import { StatusServer } from './status-server.ts';
import { WatchFiles } from './watch-files.ts';
import type { WorkerEnd } from './worker-process.ts';

/** What a primary does beside its workers: reloads, the control socket, probes, the exit status. */
export class Primary {
  readonly #app: NodeReactor;
  readonly #settings: ClusterSettings;
  readonly #logger: Logger;
  readonly #fleet: Fleet;
  #lastReload: ReloadReport | undefined;

  constructor(app: NodeReactor, settings: ClusterSettings) {
    this.#app = app;
    this.#settings = settings;
    this.#logger = settings.logger ?? console;
    this.#fleet = new Fleet(app, settings, this);
  }

  /** Registers all services of the primary. */
  use(): void {
    const { probes, watch } = this.#settings;
    if (probes !== undefined)
      this.#app.use(
        new StatusServer(probes, {
          isServing: () => this.#fleet.workers.some(({ state }) => state === 'ready'),
          status: () => this.#status(),
        }),
      );
    this.#app.use(new ControlServer({ reload: () => this.#answerReload() }, this.#logger));
    if (watch !== undefined) this.#app.use(new WatchFiles(watch, () => void this.#fireReload()));
    this.#fleet.use();
    // SIGHUP fires `reload`, too. A SIGHUP that comes during a reload leads to one more reload after it (N20, C20).
    this.#app.on('reload', () => this.#reload(), { name: 'reload' });
  }

  /** A worker has ended in a stop, and not cleanly. In a stop of the primary the worst status of the workers becomes its own (H8). */
  endedBadly({ name, process }: ClusterWorker, { status, text }: WorkerEnd, reason: StopReason): void {
    const who = `${name} (pid ${String(process?.pid)})`;
    if (reason.kind === 'remove') {
      this.#logger.warn(`${who} ${text} while it was being replaced`);
      return;
    }
    if (this.#app.state !== 'stopping') {
      this.#logger.warn(`${who} ${text}; the stop of the cluster has not waited for it`);
      return;
    }
    this.#app.fail(new ClusterWorkerError(`${who} ${text} in the stop of the cluster`, process?.lines ?? []));
    const host = takeNodeHost();
    if (host !== undefined) failProcess(host, status);
  }

  stoppedFromOutside({ name, process }: ClusterWorker, signal: string): void {
    this.#logger.warn(
      `${name} (pid ${String(process?.pid)}) was stopped by ${signal} and has ended; another process takes its place`,
    );
  }

  async #reload(): Promise<void> {
    if (this.#app.state !== 'running') return;
    const report = await this.#fleet.reload();
    this.#lastReload = report;
    const level = report.ok ? 'info' : report.givenUp ? 'warn' : 'error';
    this.#logger[level](formatReload(report, false)); // the last lines of failed workers are on stderr already
  }

  #fireReload(): Promise<unknown> {
    return this.#app.fire('reload', {}, { whenFiring: 'again' });
  }

  async #answerReload(): Promise<ControlAnswer> {
    if (this.#app.state === 'starting') await this.#app.startupReport;
    const { state } = this.#app;
    if (state !== 'running') return { ok: false, text: `the primary cannot reload: it is ${state}` };
    const before = this.#lastReload;
    await this.#fireReload();
    const report = this.#lastReload;
    if (report === undefined || report === before)
      return { ok: false, text: 'the primary has stopped before it could reload' };
    return { ok: report.ok, text: formatReload(report, true) };
  }

  async #status(): Promise<ClusterStatus> {
    const { state } = this.#app;
    const now = this.#app.now();
    const workers = await Promise.all(this.#fleet.workers.map((worker) => statusOf(worker, now)));
    return { state, pid: process.pid, workers, mixed: this.#fleet.mixed ?? null, reload: this.#lastReload ?? null };
  }
}
