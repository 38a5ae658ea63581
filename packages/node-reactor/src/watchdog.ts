import type { Observer, Phase } from '@triphase/core';
import { builtin } from './builtin.ts';

/** Words of the memory that both threads share, before the name of the trigger. */
const STATE = 0;
const BEAT = 1;
const NAME_LENGTH = 2;
const DEADLINE = 3;
const WORDS = 4;
const NAME_BYTES = 512;

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
    const trigger = new TextDecoder().decode(name.slice(0, Atomics.load(words, ${String(NAME_LENGTH)})));
    const line = 'the shutdown deadline has passed and ' + (trigger || 'something') + ' blocks the thread: killing the process\\n';
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
  #beat: NodeJS.Timeout | undefined;

  /** `failed` hears that the thread could not live; the process goes on without it. */
  constructor(failed: (error: unknown) => void) {
    const memory = new SharedArrayBuffer(4 * WORDS + NAME_BYTES);
    this.#words = new Int32Array(memory, 0, WORDS);
    this.#name = new Uint8Array(memory, 4 * WORDS);
    const { Worker } = builtin('worker_threads');
    const worker = new Worker(WORKER, { eval: true, workerData: memory, execArgv: [] });
    worker.on('error', failed);
    worker.unref();
  }

  /** A stop begins that must be over in `ms`. */
  arm(ms: number): void {
    Atomics.store(this.#words, DEADLINE, Math.min(ms, 2 ** 31 - 1));
    // Not the host record's, nor a global that a test may have faked: what is told here is whether the thread itself is alive.
    this.#beat = builtin('timers').setInterval(() => {
      Atomics.add(this.#words, BEAT, 1);
    }, BEAT_MS);
    this.#beat.unref();
    this.#turn(STOPPING);
    this.#tell();
  }

  /** The stop is over in time: the thread ends by itself. */
  end(): void {
    builtin('timers').clearInterval(this.#beat);
    this.#beat = undefined;
    this.#turn(OVER);
  }

  enter(name: string, phase: Phase): void {
    this.#stack.push(`trigger "${name}" (${phase})`);
    this.#tell();
  }

  leave(): void {
    this.#stack.pop();
    this.#tell();
  }

  /** Writes the name where the other thread reads it; before a stop nobody reads it. */
  #tell(): void {
    if (this.#beat === undefined) return;
    const { written } = this.#encoder.encodeInto(this.#stack.at(-1) ?? '', this.#name);
    Atomics.store(this.#words, NAME_LENGTH, written);
  }

  #turn(state: number): void {
    Atomics.store(this.#words, STATE, state);
    Atomics.notify(this.#words, STATE);
  }
}

/** An observer that also tells the watchdog which trigger runs. */
export function watched(observer: Observer | undefined, watchdog: () => Watchdog | undefined): Observer {
  return {
    ...(observer?.turn && { turn: observer.turn.bind(observer) }),
    ...(observer?.call && { call: observer.call.bind(observer) }),
    ...(observer?.firing && { firing: observer.firing.bind(observer) }),
    ...(observer?.phase && { phase: observer.phase.bind(observer) }),
    trigger: (step, trigger) => {
      if (step === 'start') watchdog()?.enter(trigger.name, trigger.phase);
      else if (step === 'end') watchdog()?.leave();
      observer?.trigger?.(step, trigger);
    },
  };
}
