import {
  createAbortController,
  type AbortControllerLike,
  type HostAbortSignal,
  type StopReason,
} from '../ground/host.ts';

/** The signal of a run (C54), made when somebody first asks for it; before `run()` it is that of the next one. */
export class RunSignal {
  #controller: AbortControllerLike | undefined;

  /** `reason`: why the run under way stops. A signal made after that is born aborted. */
  get(reason: StopReason | undefined): HostAbortSignal {
    this.#controller ??= createAbortController();
    if (reason !== undefined) this.#controller.abort(reason);
    return this.#controller.signal;
  }

  abort(reason: StopReason): void {
    this.#controller?.abort(reason);
  }

  /** The run is over: an aborted signal is not that of the next one. */
  renew(): void {
    if (this.#controller?.signal.aborted === true) this.#controller = undefined;
  }
}
