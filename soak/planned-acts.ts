/** Kind `process`: what a planned process does to itself, such as sending itself a signal. */
import type { NodeReactor } from '@triphase/node-reactor';
import { once } from 'node:events';
import { setImmediate as nextImmediate, setTimeout as wait } from 'node:timers/promises';
import { isReload, TIMED, WRITTEN, type Act, type Plan, type Stream } from './plan.ts';
import { reportLine } from './report-line.ts';

/** A signal that comes after this time is a second one (N5). Well above the 200 ms in which it counts as the same one. Milliseconds. */
const LATER_MS = 350;
/** A signal that comes within this time counts as the same one. Well below 200 ms. Milliseconds. */
const DOUBLED_MS = 150;

type Acted<K extends Act['kind']> = Extract<Act, { readonly kind: K }>;

/**
 * Does the acts of the plan to its own process. An act `close` only reports a line: when the parent reads it, the parent closes the output of this
 * process.
 */
export class PlannedActs {
  app: NodeReactor | undefined;
  readonly #plan: Plan;
  readonly #parent: number;
  /** The last act. Acts run one after another, also those of steps that run at the same time. */
  #last: Promise<void> = Promise.resolve();
  /** The time of the last stop signal, and the number of stop signals. A doubled signal counts once. */
  #lastSignalAt = -Infinity;
  #signals = 0;
  /** An act was done that must stop the reactor, and no step has waited for the stop. */
  #expectsStop = false;

  constructor(plan: Plan, parent: number) {
    this.#plan = plan;
    this.#parent = parent;
  }

  /** A second signal has escalated the stop, so the run ends now. */
  get isEscalated(): boolean {
    return this.#signals > 1;
  }

  /** A stop signal has arrived. */
  countSignal(): void {
    this.#signals++;
    this.#lastSignalAt = performance.now();
  }

  /** Does the act of this step, if it has one. Settles when the step may go on. */
  perform(step: string): Promise<void> {
    const act = this.#plan.acts[step];
    if (act === undefined) return Promise.resolve();
    this.#last = this.#last.then(() => this.#perform(step, act));
    return held(this.#last);
  }

  /** If an act must stop the reactor, settles when the reactor stops; else at once. */
  async expectedStop(): Promise<void> {
    const { signal } = this.app ?? {};
    if (signal === undefined || signal.aborted || !this.#expectsStop) return;
    await held(
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      }),
    );
  }

  /** Sends the signal again after the run. It counts as the same signal, so it must not end the process. */
  async repeat(): Promise<void> {
    if (!this.#plan.repeats || performance.now() > this.#lastSignalAt + DOUBLED_MS) return;
    reportLine('repeats');
    process.kill(process.pid, 'SIGINT');
    await wait(1);
    reportLine('survives');
  }

  async #perform(step: string, act: Act): Promise<void> {
    if (this.app === undefined || this.app.state === 'stopped' || this.isEscalated) return;
    const waits = this.#plan.waits && step !== TIMED;
    switch (act.kind) {
      case 'signal':
        await this.#signal(step, act, waits);
        break;
      case 'exit':
        await this.#exit(step, act);
        break;
      case 'close': {
        reportLine(`act ${step}`);
        if (waits) await Promise.all(act.streams.map(broken));
        break;
      }
      case 'orphan':
        if (!process.connected) return;
        await this.#orphan(step, act, waits);
        break;
    }
    if (waits) reportLine(`acted ${step}`);
  }

  async #signal(step: string, { signal, doubled, by }: Acted<'signal'>, waits: boolean): Promise<void> {
    const reloads = isReload(this.#plan, signal);
    if (!reloads && this.#signals > 0) await wait(Math.max(0, this.#lastSignalAt + LATER_MS - performance.now()));
    const before = this.#signals;
    // With this listener, a signal that arrives after the run doesn't end the process.
    const arrival = waits || reloads ? once(process, signal) : undefined;
    if (arrival !== undefined && !reloads) process.once(signal, () => reportLine(`signalled ${signal}`));
    reportLine(`act ${step}`);
    if (by === 'itself') process.kill(process.pid, signal);
    if (arrival === undefined) {
      if (doubled !== undefined && doubled !== signal && by === 'itself') process.kill(process.pid, doubled);
      this.#expectsStop = true;
      return;
    }
    await arrival;
    if (reloads) return;
    if (this.#signals === before) this.countSignal();
    if (doubled === undefined) return;
    const repeat = once(process, doubled);
    process.kill(process.pid, doubled);
    await repeat;
    if (performance.now() > this.#lastSignalAt + DOUBLED_MS) reportLine('slow');
  }

  async #exit(step: string, { status, later }: Acted<'exit'>): Promise<void> {
    reportLine(`act ${step}`);
    const exit = (): never => {
      reportLine(`exits ${this.app?.state ?? ''}`);
      process.exit(status);
    };
    if (!later) exit();
    setImmediate(exit);
    await new Promise(() => undefined);
  }

  async #orphan(step: string, { how }: Acted<'orphan'>, waits: boolean): Promise<void> {
    const arrival = once(process, 'disconnect');
    reportLine(`act ${step}`);
    if (how === 'kill') process.kill(this.#parent, 'SIGKILL');
    else process.send?.('disconnect');
    if (waits) await arrival;
    else this.#expectsStop = true;
  }
}

/** Keeps the process alive until the promise settles. The run of a main doesn't keep it alive (N24). */
export async function held(promise: Promise<unknown>): Promise<void> {
  const holds = setInterval(() => undefined, 1_000_000);
  await promise;
  clearInterval(holds);
}

/** Settles when a write to the stream has failed and the listeners of the stream were called. */
async function broken(stream: Stream): Promise<void> {
  for (let failed = false; !failed;) {
    failed = await new Promise((resolve) => {
      process[stream].write(WRITTEN, (error) => {
        resolve(Boolean(error));
      });
    });
    await wait(1);
  }
  reportLine(`broken ${stream}`);
  await nextImmediate();
}
