import { FakeListeners } from './fake-listeners.ts';
import type { Listener } from './fake-listeners.ts';
import type { HostRecord } from './host-record.ts';

/** A window or document: an event target, and what it says of itself. */
export interface FakePageTarget {
  addEventListener(type: string, listener: Listener, options?: unknown): void;
  removeEventListener(type: string, listener: Listener): void;
  dispatchEvent(event: { readonly type: string }): boolean;
}

/** An event target whose listeners count; `state` is what it has besides, such as `visibilityState`. */
export function fakePageTarget<S extends object>(record: HostRecord, name: string, state: S): FakePageTarget & S {
  const listeners = new FakeListeners(record);
  return {
    ...state,
    addEventListener: record.counted(
      `${name}.addEventListener`,
      (type: string, listener: Listener, options?: unknown) => {
        // As in a page: the same listener twice is one.
        if (!listeners.has(type, listener)) listeners.add(type, listener, isOnce(options));
      },
    ),
    removeEventListener: record.counted(`${name}.removeEventListener`, (type: string, listener: Listener) => {
      listeners.remove(type, listener);
    }),
    dispatchEvent: (event) => {
      listeners.call(event.type, [event]);
      return true;
    },
  };
}

/** An event as listeners get it. It gets the properties of `detail`, such as `persisted`. */
export function fakeEvent(type: string, detail: unknown): { readonly type: string } {
  const event = {
    type,
    detail,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return typeof detail === 'object' && detail !== null ? Object.assign(event, detail) : event;
}

function isOnce(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'once' in options && options.once === true;
}
