import type { Observer, Phase } from '@triphase/core';
import { Worker } from 'node:worker_threads';

/** Words of the memory that both threads share, before the name of the trigger. */
const STATE = 0;
const BEAT = 1;
const NAME_LENGTH = 2;
const DEADLINE = 3;
const WORDS = 4;
const NAME_BYTES = 512;

/** The main thread says that often that it is alive, while it stops. Milliseconds. */
const BEAT_MS = 100;

/**
 * Runs in the worker: it sleeps until a stop begins, then until the deadline. A main thread that has not beaten for five beats by then is
 * blocked: nothing in it can end it, so the trigger that blocks it is named and the process is killed (N10).
 */
const WORKER = `
const { workerData: { memory, pid } } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const words = new Int32Array(memory, 0, ${String(WORDS)});
const name = new Uint8Array(memory, ${String(4 * WORDS)});
for (;;) {
  Atomics.wait(words, ${String(STATE)}, 0);
  let wait = Atomics.load(words, ${String(DEADLINE)});
  let beat = -1;
  while (Atomics.wait(words, ${String(STATE)}, 1, wait) === 'timed-out') {
    const now = Atomics.load(words, ${String(BEAT)});
    if (now === beat) {
      const text = new TextDecoder().decode(name.slice(0, Atomics.load(words, ${String(NAME_LENGTH)})));
      writeSync(2, 'the shutdown deadline has passed and ' + (text || 'something outside of any trigger') + ' blocks the thread: killing the process\\n');
      process.kill(pid, 'SIGKILL');
    }
    beat = now;
    wait = ${String(5 * BEAT_MS)};
  }
}
`;

/** Holds the shutdown deadline from a thread of its own, also when a trigger blocks this one (N10). */
export class Watchdog {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #name: Uint8Array<SharedArrayBuffer>;
  readonly #worker: Worker;
  readonly #encoder = new TextEncoder();
  #beat: NodeJS.Timeout | undefined;

  constructor(pid: number) {
    const memory = new SharedArrayBuffer(4 * WORDS + NAME_BYTES);
    this.#words = new Int32Array(memory, 0, WORDS);
    this.#name = new Uint8Array(memory, 4 * WORDS);
    this.#worker = new Worker(WORKER, { eval: true, workerData: { memory, pid } });
    this.#worker.unref();
  }

  /** A stop begins that must be over in `ms`. */
  arm(ms: number): void {
    Atomics.store(this.#words, DEADLINE, Math.min(ms, 2 ** 31 - 1));
    this.#beat = setInterval(() => {
      Atomics.add(this.#words, BEAT, 1);
    }, BEAT_MS);
    this.#beat.unref();
    this.#turn(1);
  }

  /** The stop is over in time. */
  async end(): Promise<void> {
    clearInterval(this.#beat);
    this.#turn(2);
    await this.#worker.terminate();
  }

  /** The trigger whose synchronous part is on the stack: the one that could block. */
  enter(name: string, phase: Phase): void {
    const { written } = this.#encoder.encodeInto(`trigger "${name}" (${phase})`, this.#name);
    Atomics.store(this.#words, NAME_LENGTH, written);
  }

  leave(): void {
    Atomics.store(this.#words, NAME_LENGTH, 0);
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
