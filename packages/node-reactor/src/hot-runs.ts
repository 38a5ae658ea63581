import type { HostControl, StopReason } from '@triphase/core';
import type { ProcessLife } from '@triphase/core/process';
import { isHotInBun } from './bun-watch.ts';
import type { NodeHost } from './node-host.ts';

/** A run, as a later one finds it. Several loads of this module share it, perhaps of several versions: keep the names and types of its members. */
interface HotRun {
  /** Identifies the load of the program that the run belongs to. */
  readonly load: object;
  /** The file of this module. A process may load two copies of the package: each stops only its own runs. */
  readonly copy: string | undefined;
  stop(reason: StopReason): void;
  /** Settles when it is over, however it ends. */
  over: Promise<unknown>;
}

const RUNS: symbol = Symbol.for('triphase.hot-runs');

/** The file of this module. */
const COPY: string | undefined = (import.meta as { readonly url?: string }).url; // as: JSR checks the types without those of a host

/** `bun --hot` evaluates this module anew with the program. */
const load = {};

/** One run under `bun --hot`. */
export class HotMember {
  readonly #host: NodeHost;
  readonly #run: HotRun;
  /** Those of earlier loads, which are stopping. */
  readonly #older: readonly HotRun[];

  /** Stops the runs of earlier loads of the program, by `{ kind: 'hot-reload' }`; `release` is called when they are over (D9). */
  constructor(host: NodeHost, stop: (reason: StopReason) => void, release: () => void) {
    this.#host = host;
    this.#run = { load, copy: COPY, stop, over: Promise.resolve() };
    const runs = runsOf(host);
    this.#older = [...runs].filter((run) => run.copy === COPY && run.load !== load);
    for (const run of this.#older) run.stop({ kind: 'hot-reload' });
    void Promise.allSettled(this.#older.map(({ over }) => over)).then(release);
    runs.add(this.#run);
  }

  /** `run()` has begun. The next load waits for it, and for those that it waits for. */
  follow(over: Promise<unknown>): void {
    const run = this.#run;
    run.over = Promise.allSettled([over, ...this.#older.map((older) => older.over)]);
    void run.over.then(() => runsOf(this.#host).delete(run));
  }
}

/**
 * Under `bun --hot`: adds this run to those of the process, and holds its start until the runs of earlier loads are over. Returns
 * `undefined` elsewhere. Called when the run begins.
 */
export function joinHotRuns(
  host: NodeHost,
  control: Pick<HostControl, 'holdStart'>,
  life: Pick<ProcessLife, 'stop'>,
): HotMember | undefined {
  if (!isHotInBun(host.process)) return undefined;
  const stop = (reason: StopReason): void => {
    life.stop(reason);
  };
  return new HotMember(host, stop, control.holdStart());
}

function runsOf({ process }: NodeHost): Set<HotRun> {
  const registry = process as unknown as Record<symbol, Set<HotRun> | undefined>; // as: this is where they are kept
  return (registry[RUNS] ??= new Set());
}
