import type { NodeReactor } from '@triphase/node-reactor';
import { once } from 'node:events';
import { setImmediate as nextImmediate, setTimeout as wait } from 'node:timers/promises';
import { isReload, TIMED, WRITTEN, type Act, type Plan, type Stream } from './plan.ts';
import { say } from './say.ts';

/** A signal that comes this much later is a second one, not the first one doubled (N5): well above that limit. Milliseconds. */
const LATER_MS = 350;
/** A signal that comes within this time is the first one doubled: well below that limit. Milliseconds. */
const DOUBLED_MS = 150;

type Acted<K extends Act['kind']> = Extract<Act, { readonly kind: K }>;

/** Does to its own process what the plan says. Only the parent can close the readers of its output: it does so when it reads of the act. */
export class Acts {
  app: NodeReactor | undefined;
  readonly #plan: Plan;
  readonly #parent: number;
  /** The last act. Acts run one after another, also those of steps that run side by side. */
  #last: Promise<void> = Promise.resolve();
  /** When the last stop signal came, and how many came; a doubled signal counts once. */
  #heardAt = -Infinity;
  #heard = 0;
  /** An act that must stop the reactor was done, and nobody has waited for the stop. */
  #isOutstanding = false;

  constructor(plan: Plan, parent: number) {
    this.#plan = plan;
    this.#parent = parent;
  }

  /** A second signal has escalated the stop: the run is over, or soon will be. */
  get isCut(): boolean {
    return this.#heard > 1;
  }

  heard(): void {
    this.#heard++;
    this.#heardAt = performance.now();
  }

  /** Does the act of this step, if there is one. Settles when the step may go on. */
  perform(step: string): Promise<void> {
    const act = this.#plan.acts[step];
    if (act === undefined) return Promise.resolve();
    this.#last = this.#last.then(() => this.#perform(step, act));
    return held(this.#last);
  }

  /** Settles when the reactor stops, if an act must stop it; else at once. */
  async outstanding(): Promise<void> {
    const { signal } = this.app ?? {};
    if (signal === undefined || signal.aborted || !this.#isOutstanding) return;
    await held(
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      }),
    );
  }

  /** Sends a doubled signal after the run: it must not end what the program does next. */
  async repeat(): Promise<void> {
    if (!this.#plan.repeats || performance.now() > this.#heardAt + DOUBLED_MS) return;
    say('repeats');
    process.kill(process.pid, 'SIGINT');
    await wait(1);
    say('survives');
  }

  async #perform(step: string, act: Act): Promise<void> {
    if (this.app === undefined || this.app.state === 'stopped' || this.isCut) return;
    const waits = this.#plan.waits && step !== TIMED;
    switch (act.kind) {
      case 'signal':
        await this.#signal(step, act, waits);
        break;
      case 'exit':
        await this.#exit(step, act);
        break;
      case 'close': {
        say(`act ${step}`);
        if (waits) await Promise.all(act.streams.map(broken));
        break;
      }
      case 'orphan':
        if (!process.connected) return;
        await this.#orphan(step, act, waits);
        break;
    }
    if (waits) say(`acted ${step}`);
  }

  async #signal(step: string, { signal, doubled, by }: Acted<'signal'>, waits: boolean): Promise<void> {
    const reloads = isReload(this.#plan, signal);
    if (!reloads && this.#heard > 0) await wait(Math.max(0, this.#heardAt + LATER_MS - performance.now()));
    const before = this.#heard;
    // A signal that arrives after the run must not end the process.
    const arrival = waits || reloads ? once(process, signal) : undefined;
    if (arrival !== undefined && !reloads) process.once(signal, () => say(`heard ${signal}`));
    say(`act ${step}`);
    if (by === 'itself') process.kill(process.pid, signal);
    if (arrival === undefined) {
      if (doubled !== undefined && doubled !== signal && by === 'itself') process.kill(process.pid, doubled);
      this.#isOutstanding = true;
      return;
    }
    await arrival;
    if (reloads) return;
    if (this.#heard === before) this.heard();
    if (doubled === undefined) return;
    const repeat = once(process, doubled);
    process.kill(process.pid, doubled);
    await repeat;
    if (performance.now() > this.#heardAt + DOUBLED_MS) say('slow');
  }

  async #exit(step: string, { status, later }: Acted<'exit'>): Promise<void> {
    say(`act ${step}`);
    const exit = (): never => {
      say(`exits ${this.app?.state ?? ''}`);
      process.exit(status);
    };
    if (!later) exit();
    setImmediate(exit);
    await new Promise(() => undefined);
  }

  async #orphan(step: string, { how }: Acted<'orphan'>, waits: boolean): Promise<void> {
    const arrival = once(process, 'disconnect');
    say(`act ${step}`);
    if (how === 'kill') process.kill(this.#parent, 'SIGKILL');
    else process.send?.('disconnect');
    if (waits) await arrival;
    else this.#isOutstanding = true;
  }
}

/** Keeps the process alive until the promise settles: the run of a main doesn't (N24). */
export async function held(promise: Promise<unknown>): Promise<void> {
  const holds = setInterval(() => undefined, 1_000_000);
  await promise;
  clearInterval(holds);
}

/** Settles when a write to the stream has failed, and its listeners were called. */
async function broken(stream: Stream): Promise<void> {
  for (let failed = false; !failed;) {
    failed = await new Promise((resolve) => {
      process[stream].write(WRITTEN, (error) => {
        resolve(Boolean(error));
      });
    });
    await wait(1);
  }
  say(`broken ${stream}`);
  await nextImmediate();
}
