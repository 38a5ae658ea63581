import { whenSettled, type ErrorSource } from '@triphase/core';
import {
  framePhases,
  takeFrameOptions,
  type Frame,
  type FrameCallback,
  type FrameOptions,
  type FramePhases,
} from './frame-callbacks.ts';
import { FrameRegistration, type FrameCall } from './frame-registration.ts';
import type { FrameSource, FrameTaker } from './frame-source.ts';
import { pageHandle, type PageHandle } from './page-handle.ts';

/** What a {@link FrameLoop} needs of its reactor. */
interface FrameLoopOptions {
  readonly frames: FrameSource;
  readonly now: () => number;
  /** The program has started and has not begun to close. */
  readonly isRunning: () => boolean;
  readonly report: (error: unknown, source: ErrorSource) => void;
}

/** The frame callbacks of a reactor (B4): who is called in a frame, in which order, and with what. */
export class FrameLoop implements FrameTaker {
  readonly #options: FrameLoopOptions;
  /** Sorted by `order`; among equal ones the first registered comes first (B23). */
  readonly #registrations: FrameRegistration[] = [];
  #last: number | undefined;

  constructor(options: FrameLoopOptions) {
    this.#options = options;
  }

  get wantsFrame(): boolean {
    return this.#registrations.length > 0 && this.#options.isRunning();
  }

  add(callback: FrameCallback | FramePhases, options: FrameOptions = {}): PageHandle {
    const taken = takeFrameOptions(options);
    const registration = new FrameRegistration(framePhases(callback), taken, this.#options.now);
    const next = this.#registrations.findIndex(({ order }) => order > registration.order);
    this.#registrations.splice(next < 0 ? this.#registrations.length : next, 0, registration);
    this.#options.frames.update();
    return pageHandle(() => {
      registration.isRegistered = false;
      this.#registrations.splice(this.#registrations.indexOf(registration), 1);
      this.#options.frames.update();
    });
  }

  /** The page stood still, or the frames come from somewhere else: the time until the next one counts for nothing. */
  reset(): void {
    this.#last = undefined;
    for (const registration of this.#registrations) registration.reset();
  }

  onSwitch(): void {
    this.reset();
  }

  /**
   * Calls the callbacks that are registered now. One that is added meanwhile waits for the next frame; one that is removed is not called
   * any more.
   */
  onFrame(time: number, native: unknown): void {
    if (!this.wantsFrame) return;
    const last = this.#last ?? time;
    this.#last = Math.max(last, time); // a coarse clock may go back
    const passed = this.#last - last;
    const calls: { readonly registration: FrameRegistration; readonly call: FrameCall }[] = [];
    for (const registration of [...this.#registrations]) {
      const call = this.#take(registration, time, passed, native);
      if (call !== undefined) calls.push({ registration, call });
    }
    for (const { registration, call } of calls) this.#call(registration, 'read', call.frame);
    for (const { registration, call } of calls) {
      const { steps } = registration;
      const step = steps === undefined ? call.frame : { ...call.frame, delta: steps.step };
      for (let i = 0; i < call.updates && this.#call(registration, 'update', step); i++);
    }
    for (const { registration, call } of calls) this.#call(registration, 'render', call.frame);
  }

  /** A clock that throws is reported, and its callback skips this frame. */
  #take(registration: FrameRegistration, time: number, passed: number, native: unknown): FrameCall | undefined {
    try {
      return registration.take(time, passed, native);
    } catch (error) {
      this.#options.report(error, { kind: 'call', name: registration.name ?? 'the clock of onFrame' });
      return undefined;
    }
  }

  /** `false` when it failed, or is not called any more. */
  #call(registration: FrameRegistration, phase: keyof FramePhases, frame: Frame): boolean {
    const callback = registration.phases[phase];
    if (callback === undefined || !registration.isRegistered || !this.#options.isRunning()) return false;
    const failed = (error: unknown): void => {
      const name = registration.name ?? (callback.name || phase);
      this.#options.report(error, { kind: 'call', name });
    };
    try {
      // An async function is a callback too, though nothing waits for it.
      const called: (frame: Frame) => unknown = callback;
      const result = called(frame);
      if (result !== undefined) void whenSettled(result, () => undefined, failed);
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  }
}
