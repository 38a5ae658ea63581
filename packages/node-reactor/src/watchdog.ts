import { printable, type ObservedStep, type Observer } from '@triphase/core';
import { LONGEST_TIMEOUT } from '@triphase/core/process';
import { builtin } from './builtin.ts';

type ObservedTrigger = Parameters<NonNullable<Observer['trigger']>>[1];

/** The indexes of 32-bit words in the memory that both threads share. The name of the trigger follows them. */
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

/** How often the main thread says that it is alive while it stops. Milliseconds. */
const BEAT_MS = 100;

/**
 * Runs in the worker: it sleeps until a stop begins, then until the deadline. A main thread that has not beaten for five beats by then is
 * blocked: nothing in it can end it, so the trigger that blocks it is named and the process is killed (N10). It is a function, so that
 * bundlers can leave it out: they keep a constant whose value contains calls.
 */
function workerProgram(): string {
  return `
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
}

/** A watchdog that {@link watchdog} has made, for the option `watchdog` of `NodeReactor`, which alone calls its methods. */
export interface Watchdog {
  /** An observer for the reactor, which also tells the watchdog of its run which trigger runs. */
  observe(observer: Observer | undefined, run: () => WatchedRun | undefined): Observer;
  /** Starts a thread for one run; `failed` is called if the thread cannot start, or fails. */
  start(failed: (error: unknown) => void): WatchedRun;
}

/** The watchdog of one run, as its reactor sees it. */
export interface WatchedRun {
  /** A stop begins that must be over in `ms` milliseconds. Only the first call counts. */
  arm(ms: number): void;
  /** A trigger begins, returns or settles. */
  readonly trigger: NonNullable<Observer['trigger']>;
  /** The run is over: the thread ends by itself. */
  end(): void;
}

/**
 * For the option `watchdog`: a second thread, which kills the process if something blocks the main one beyond the shutdown deadline. It
 * names what blocks (N10). A function, so that only a program that uses it contains it.
 *
 * @example
 * await runService(setup, { watchdog: watchdog() });
 */
export function watchdog(): Watchdog {
  return {
    observe: (observer, run) => new WatchedObserver(observer, run) as Observer, // as: a method that is missing is undefined
    start: (failed) => new WatchdogThread(failed),
  };
}

/** Enforces the shutdown deadline from a thread that sleeps until a stop begins. */
class WatchdogThread implements WatchedRun {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #name: Uint8Array<SharedArrayBuffer>;
  readonly #encoder = new TextEncoder();
  /** The triggers whose synchronous part is on the stack, the innermost last: that one could block. */
  readonly #stack: string[] = [];
  /** How many triggers of each title are pending, also those that a limit has abandoned: their code after an `await` could block. */
  readonly #pending: Map<string, number> = new Map();
  #beat: NodeJS.Timeout | undefined;
  /** The synchronous code that began the stop has not returned. */
  #isBeginning = false;

  /** `failed` is called if the other thread cannot start, or fails; the process goes on without it. */
  constructor(failed: (error: unknown) => void) {
    const memory = new SharedArrayBuffer(4 * WORDS + NAME_BYTES);
    this.#words = new Int32Array(memory, 0, WORDS);
    this.#name = new Uint8Array(memory, 4 * WORDS);
    const { Worker } = builtin('worker_threads');
    const worker = new Worker(workerProgram(), { eval: true, workerData: memory, execArgv: [] });
    worker.on('error', failed);
    worker.unref();
  }

  arm(ms: number): void {
    if (this.#beat !== undefined || Atomics.load(this.#words, STATE) !== RUNNING) return;
    Atomics.store(this.#words, DEADLINE, Math.min(ms, LONGEST_TIMEOUT));
    // The real timer, not one of the host record or a global, which a test may have faked: a beat tells that the thread itself is alive.
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
    this.#setState(STOPPING);
  }

  end(): void {
    builtin('timers').clearInterval(this.#beat);
    this.#beat = undefined;
    this.#setState(OVER);
  }

  trigger(step: ObservedStep, observed: ObservedTrigger): void {
    const { outcome } = observed;
    const title = titleOf(observed);
    if (step === 'start') this.#stack.push(title);
    else if (step === 'end') {
      this.#stack.pop();
      if (outcome === undefined) this.#pending.set(title, (this.#pending.get(title) ?? 0) + 1);
    } else if (outcome !== 'abandoned') this.#settled(title);
    this.#tell();
  }

  #settled(title: string): void {
    const left = (this.#pending.get(title) ?? 0) - 1;
    if (left > 0) this.#pending.set(title, left);
    else this.#pending.delete(title);
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

  #setState(state: number): void {
    Atomics.store(this.#words, STATE, state);
    Atomics.notify(this.#words, STATE);
  }
}

function titleOf({ name, phase }: ObservedTrigger): string {
  return `trigger "${printable(name)}" (${phase})`;
}

/**
 * An observer that calls the program's observer, and tells the watchdog of triggers. The reactor reads each getter once, and reports what it
 * throws (C46).
 */
class WatchedObserver {
  readonly #observer: Observer | undefined;
  readonly #run: () => WatchedRun | undefined;

  constructor(observer: Observer | undefined, run: () => WatchedRun | undefined) {
    this.#observer = observer;
    this.#run = run;
  }

  get turn(): Observer['turn'] {
    return this.#observer?.turn?.bind(this.#observer);
  }

  get call(): Observer['call'] {
    return this.#observer?.call?.bind(this.#observer);
  }

  get firing(): Observer['firing'] {
    return this.#observer?.firing?.bind(this.#observer);
  }

  get phase(): Observer['phase'] {
    return this.#observer?.phase?.bind(this.#observer);
  }

  get trigger(): Observer['trigger'] {
    const observed = this.#observer?.trigger?.bind(this.#observer);
    const run = this.#run;
    return (step, trigger) => {
      run()?.trigger(step, trigger);
      return observed?.(step, trigger);
    };
  }
}
