import { printable, type Observer, type Phase } from '@triphase/core';
import { builtin } from './builtin.ts';

/** Words of the memory that both threads share, before the name of the trigger. */
const STATE = 0;
const BEAT = 1;
const NAME_LENGTH = 2;
const DEADLINE = 3;
const WORDS = 4;
const NAME_BYTES = 2_048;

/** At most this many pending triggers are named. */
const NAMED = 10;

/** Values of the word STATE. */
const RUNNING = 0;
const STOPPING = 1;
const OVER = 2;

/** The main thread says that often that it is alive, while it stops. Milliseconds. */
const BEAT_MS = 100;

/**
 * Runs in the worker: it sleeps until a stop begins, then until the deadline. A main thread that has not beaten for five beats by then is
 * blocked: nothing in it can end it, so the trigger that blocks it is named and the process is killed (N10).
 */
const WORKER = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const words = new Int32Array(workerData, 0, ${String(WORDS)});
const name = new Uint8Array(workerData, ${String(4 * WORDS)});
Atomics.wait(words, ${String(STATE)}, ${String(RUNNING)});
let wait = Atomics.load(words, ${String(DEADLINE)});
let beat = -1;
while (Atomics.wait(words, ${String(STATE)}, ${String(STOPPING)}, wait) === 'timed-out') {
  const now = Atomics.load(words, ${String(BEAT)});
  if (now === beat) {
    const culprit = new TextDecoder().decode(name.slice(0, Atomics.load(words, ${String(NAME_LENGTH)})));
    const line = 'the shutdown deadline has passed and ' + culprit + ' blocks the thread: killing the process\\n';
    try {
      writeSync(2, line);
    } catch {
      // Nobody may read it any longer; what counts is the end.
    }
    process.kill(process.pid, 'SIGKILL');
  }
  beat = now;
  wait = ${String(5 * BEAT_MS)};
}
`;

/** Holds the shutdown deadline from a thread of its own, also when a trigger blocks this one (N10). That thread sleeps until a stop begins. */
export class Watchdog {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #name: Uint8Array<SharedArrayBuffer>;
  readonly #encoder = new TextEncoder();
  /** The triggers whose synchronous part is on the stack, the innermost last: that one could block. */
  readonly #stack: string[] = [];
  /** How many triggers of each title pend, also those that a limit has left behind: what follows an `await` could block. */
  readonly #pending: Map<string, number> = new Map();
  #beat: NodeJS.Timeout | undefined;
  /** The synchronous code that began the stop has not returned. */
  #isBeginning = false;

  /** `failed` is called when the other thread could not live; the process goes on without it. */
  constructor(failed: (error: unknown) => void) {
    const memory = new SharedArrayBuffer(4 * WORDS + NAME_BYTES);
    this.#words = new Int32Array(memory, 0, WORDS);
    this.#name = new Uint8Array(memory, 4 * WORDS);
    const { Worker } = builtin('worker_threads');
    const worker = new Worker(WORKER, { eval: true, workerData: memory, execArgv: [] });
    worker.on('error', failed);
    worker.unref();
  }

  /** A stop begins that must be over in `ms`. Only the first call counts. */
  arm(ms: number): void {
    if (this.#beat !== undefined || Atomics.load(this.#words, STATE) !== RUNNING) return;
    Atomics.store(this.#words, DEADLINE, Math.min(ms, 2 ** 31 - 1));
    // Not the host record's, nor a global that a test may have faked: what is told here is whether the thread itself is alive.
    this.#beat = builtin('timers').setInterval(() => {
      Atomics.add(this.#words, BEAT, 1);
    }, BEAT_MS);
    this.#beat.unref();
    this.#isBeginning = true;
    queueMicrotask(() => {
      this.#isBeginning = false;
      this.#tell();
    });
    this.#tell();
    this.#turn(STOPPING);
  }

  /** The stop is over in time: the other thread ends by itself. */
  end(): void {
    builtin('timers').clearInterval(this.#beat);
    this.#beat = undefined;
    this.#turn(OVER);
  }

  /** A trigger is called. */
  enter(name: string, phase: Phase): void {
    this.#stack.push(titleOf(name, phase));
    this.#tell();
  }

  /** Its synchronous part has returned; `pends` when it returned a promise. */
  leave(name: string, phase: Phase, pends: boolean): void {
    this.#stack.pop();
    const title = titleOf(name, phase);
    if (pends) this.#pending.set(title, (this.#pending.get(title) ?? 0) + 1);
    this.#tell();
  }

  /** The promise of a trigger has settled. */
  settle(name: string, phase: Phase): void {
    const title = titleOf(name, phase);
    const left = (this.#pending.get(title) ?? 0) - 1;
    if (left > 0) this.#pending.set(title, left);
    else this.#pending.delete(title);
    this.#tell();
  }

  /** Writes the name where the other thread reads it; before a stop nobody reads it. */
  #tell(): void {
    if (this.#beat === undefined) return;
    const { written } = this.#encoder.encodeInto(this.#culprit(), this.#name);
    Atomics.store(this.#words, NAME_LENGTH, written);
  }

  /** What would be to blame if the thread never came back from what it does now. */
  #culprit(): string {
    const running = this.#stack.at(-1);
    if (running !== undefined) return running;
    if (this.#isBeginning) return "an abort listener of the reactor's signal, or what called stop(),";
    // Which of them goes on, or whether it is something else, such as a queued call, cannot be seen from outside.
    const named: string[] = [];
    for (const title of this.#pending.keys()) if (named.push(title) === NAMED) break;
    if (named.length === 0) return 'a callback';
    if (named.length === 1) return `${named.join()} or a callback`;
    const more = this.#pending.size - named.length;
    return `one of: ${named.join(', ')}${more > 0 ? `, ${String(more)} more` : ''}, or a callback,`;
  }

  #turn(state: number): void {
    Atomics.store(this.#words, STATE, state);
    Atomics.notify(this.#words, STATE);
  }
}

function titleOf(name: string, phase: Phase): string {
  return `trigger "${printable(name)}" (${phase})`;
}

/** An observer that also tells the watchdog which trigger runs. */
export function watched(observer: Observer | undefined, watchdog: () => Watchdog | undefined): Observer {
  return {
    ...(observer?.turn && { turn: observer.turn.bind(observer) }),
    ...(observer?.call && { call: observer.call.bind(observer) }),
    ...(observer?.firing && { firing: observer.firing.bind(observer) }),
    ...(observer?.phase && { phase: observer.phase.bind(observer) }),
    trigger: (step, trigger) => {
      const { name, phase, outcome } = trigger;
      if (step === 'start') watchdog()?.enter(name, phase);
      else if (step === 'end') watchdog()?.leave(name, phase, outcome === undefined);
      else if (outcome !== 'abandoned') watchdog()?.settle(name, phase);
      observer?.trigger?.(step, trigger);
    },
  };
}
