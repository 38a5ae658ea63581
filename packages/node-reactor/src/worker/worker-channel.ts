import type { ReactorState, StopReason } from '@triphase/core';
import { builtin } from '../builtin.ts';

/** What the main thread tells the reactors of a worker. */
export type ToWorker =
  /** Somebody bridges this worker: each reactor says how it is. */
  | { readonly to: 'worker'; readonly type: 'hello' }
  | { readonly to: 'worker'; readonly type: 'stop' | 'escalate'; readonly reason: StopReason };

/** What a reactor in a worker tells the main thread. */
export interface FromWorker {
  readonly to: 'main';
  /** Which of the worker's reactors it is. */
  readonly reactor: number;
  readonly state: ReactorState;
  /** Its start has succeeded. */
  readonly hasStarted: boolean;
  /** What is pending in it, in words. */
  readonly pending: string;
  /** Once its run is over. */
  readonly end?: ReactorEnd;
}

/** How the run of a reactor in a worker ended. */
export interface ReactorEnd {
  /** The kind of the reason. */
  readonly kind: string;
  /** As the exit status of a process would be (N11). */
  readonly status: number;
  /** What failed, and what was left behind. */
  readonly problems: readonly string[];
}

/** @types/node does not have the method. */
interface Unrefable {
  unref?(): void;
}

/**
 * Carries messages between the main thread and one worker, and holds neither alive. It is a channel of its own, so that the program's
 * messages to and from the worker stay as they are, also those that wait for a first listener.
 */
export class WorkerChannel<Sent extends ToWorker | FromWorker, Heard extends ToWorker | FromWorker> {
  readonly #channel: InstanceType<ReturnType<typeof broadcastChannel>>;

  /** `hear` is given the messages that are for this side. */
  constructor(threadId: number, to: Heard['to'], hear: (message: Heard) => void) {
    this.#channel = new (broadcastChannel())(`triphase:worker:${String(threadId)}`);
    this.#channel.addEventListener('message', (event) => {
      const message = (event as Event & { readonly data?: Heard | null }).data; // as: whatever anybody posts
      if (message?.to === to) hear(message);
    });
    (this.#channel as Unrefable).unref?.();
  }

  /** Throws a `DataCloneError` for what cannot be copied. */
  post(message: Sent): void {
    this.#channel.postMessage(message);
  }

  /** What was posted before still arrives. */
  close(): void {
    this.#channel.close();
  }
}

function broadcastChannel() {
  return builtin('worker_threads').BroadcastChannel;
}
