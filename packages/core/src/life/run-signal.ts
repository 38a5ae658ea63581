import {
  createAbortController,
  type AbortControllerLike,
  type HostAbortSignal,
  type StopReason,
} from '../ground/host.ts';

/** The signal of a run (C54), made when it is first read. A signal that is read before `run()` belongs to the next run. */
export class RunSignal {
  #controller: AbortControllerLike | undefined;

  /** `reason`: why the run is stopping, if it is. The signal is aborted then. */
  get(reason: StopReason | undefined): HostAbortSignal {
    this.#controller ??= createAbortController();
    if (reason !== undefined) this.#controller.abort(reason);
    return this.#controller.signal;
  }

  abort(reason: StopReason): void {
    this.#controller?.abort(reason);
  }

  /** The run is over: the next run needs another signal if this one is aborted. */
  renew(): void {
    if (this.#controller?.signal.aborted === true) this.#controller = undefined;
  }
}
