/** Kind `life`: the pending results of triggers. */
import type { Call, FiringsModel } from './firings-model.ts';

/**
 * A thenable or promise that a trigger returns, and that a later step settles. The reactor knows at once that a thenable has settled, and a few
 * microtasks later that a promise has.
 */
export class Deferred {
  readonly #call: Call;
  readonly #model: FiringsModel;
  readonly #isPromise: boolean;
  readonly returned: PromiseLike<unknown>;
  #fulfil: () => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(call: Call, model: FiringsModel, isPromise: boolean) {
    this.#call = call;
    this.#model = model;
    this.#isPromise = isPromise;
    const take = (fulfil: (value?: undefined) => void, reject: (error: unknown) => void): void => {
      this.#fulfil = fulfil;
      this.#reject = reject;
    };
    // as: only the reactor calls `then`, with two functions, and it doesn't use the result.
    this.returned = isPromise ? new Promise<unknown>(take) : ({ then: take } as unknown as PromiseLike<unknown>);
    call.state = 'pending';
  }

  /** Fulfils it, or rejects it with `error`. If the reactor no longer waits for it, this must change nothing. */
  settle(error?: { readonly thrown: unknown }): void {
    const call = this.#call;
    if (call.state === 'pending' && this.#model.isWaitedFor(call)) {
      call.error = error;
      call.state = this.#isPromise ? 'settling' : error === undefined ? 'done' : 'failed';
    }
    if (error === undefined) this.#fulfil();
    else this.#reject(error.thrown);
  }
}
