import type { ErrorSource } from '@triphase/core';
import { dispose } from './dispose.ts';
import { pageHandle, type PageHandle } from './page-handle.ts';

/** Says whether the user is asked before leaving. */
type LeaveGuard = () => boolean;

/** The leave guards of a reactor: the page has a listener for `beforeunload` while there is one and the reactor runs, no longer (B10). */
export class LeaveGuards {
  readonly #guards: Set<{ readonly guard: LeaveGuard }> = new Set();
  #window: Window | undefined;
  #report: (error: unknown, source: ErrorSource) => void = () => undefined;

  add(guard: LeaveGuard): PageHandle {
    if (typeof guard !== 'function') throw new TypeError(`The leave guard is ${typeof guard}: pass a function`);
    const registration = { guard };
    this.#guards.add(registration);
    this.#listen();
    return pageHandle(() => {
      this.#guards.delete(registration);
      if (this.#guards.size === 0) this.#stopListening();
    });
  }

  /** From now on guards are asked, until it is disposed. */
  attach(window: Window | undefined, report: (error: unknown, source: ErrorSource) => void): Disposable {
    this.#window = window;
    this.#report = report;
    this.#listen();
    return {
      [dispose]: () => {
        if (this.#guards.size > 0) this.#stopListening();
        this.#window = undefined;
      },
    };
  }

  /** Adding a listener twice is adding it once. */
  #listen(): void {
    if (this.#guards.size > 0) this.#window?.addEventListener('beforeunload', this.#onBeforeunload);
  }

  #stopListening(): void {
    this.#window?.removeEventListener('beforeunload', this.#onBeforeunload);
  }

  readonly #onBeforeunload = (event: BeforeUnloadEvent): void => {
    for (const { guard } of [...this.#guards]) {
      if (!this.#asks(guard)) continue;
      event.preventDefault();
      Object.assign(event, { returnValue: true }); // what Chromium before 119 looks at
      return;
    }
  };

  /** Returns what the guard returns; if it throws, the user is not asked. */
  #asks(guard: LeaveGuard): boolean {
    try {
      return guard();
    } catch (error) {
      this.#report(error, { kind: 'host', name: guard.name || 'leave guard' });
      return false;
    }
  }
}
