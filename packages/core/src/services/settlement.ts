/**
 * The end of something, as a thenable that calls back synchronously. A promise calls back a microtask later: in between, an escalation would
 * count a body that has ended as abandoned.
 */
export class Settlement {
  #outcome: { readonly isFailed: boolean; readonly error: unknown } | undefined;
  #listeners: (() => void)[] = [];

  get isSettled(): boolean {
    return this.#outcome !== undefined;
  }

  /** Settles it, once. */
  resolve(): void {
    this.#settle(false, undefined);
  }

  /** Settles it with an error, once. */
  reject(error: unknown): void {
    this.#settle(true, error);
  }

  /** Calls one of the two when it settles, at once if it has settled. */
  then(resolved: () => void, rejected: (error: unknown) => void): void {
    const listener = (): void => {
      if (this.#outcome?.isFailed === true) rejected(this.#outcome.error);
      else resolved();
    };
    if (this.isSettled) listener();
    else this.#listeners.push(listener);
  }

  #settle(isFailed: boolean, error: unknown): void {
    if (this.isSettled) return;
    this.#outcome = { isFailed, error };
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
