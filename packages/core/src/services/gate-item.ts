import { createAbortController, type AbortControllerLike, type HostAbortSignal } from '../ground/host.ts';
import { whenSettled } from '../ground/thenable.ts';

/**
 * One piece of work of a gate, and the argument of its function. The methods for the gate are static, so that the function can't call them
 * on its argument.
 */
export class GateItem {
  readonly #onAbandoned: (() => unknown) | undefined;
  #controller: AbortControllerLike | undefined;
  #isGivenBack = false;
  /** What `run()` has returned. */
  #result: Promise<unknown> | undefined;

  constructor(onAbandoned: (() => unknown) | undefined) {
    this.#onAbandoned = onAbandoned;
  }

  get signal(): HostAbortSignal {
    return (this.#controller ??= createAbortController()).signal;
  }

  static setResult<T>(item: GateItem, result: Promise<T>): Promise<T> {
    item.#result = result;
    return result;
  }

  /** `onAbandoned` was called: the gate waits for that, not for the work. */
  static isGivenBack(item: GateItem): boolean {
    return item.#isGivenBack;
  }

  /**
   * Aborts the signal and calls `onAbandoned`, once. When that has settled, `over` is called, and before it `failed` if it has thrown or
   * rejected. Without `onAbandoned` neither is called.
   */
  static giveBack(item: GateItem, reason: unknown, over: () => void, failed: (error: unknown) => void): void {
    (item.#controller ??= createAbortController()).abort(reason);
    const onAbandoned = item.#onAbandoned;
    if (onAbandoned === undefined || item.#isGivenBack) return;
    item.#isGivenBack = true;
    item.#result?.catch(() => undefined); // the work may reject, as it was told to
    const onFailed = (error: unknown): void => {
      failed(error);
      over();
    };
    try {
      if (whenSettled(onAbandoned(), over, onFailed) === undefined) over();
    } catch (error) {
      onFailed(error);
    }
  }
}
