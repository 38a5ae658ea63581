import { FakeListeners } from './fake-listeners.ts';
import type { Listener } from './fake-listeners.ts';
import type { FakeQueue } from './fake-queue.ts';
import { fakeEvent } from './fake-page.ts';
import type { HostRecord } from './host-record.ts';

/** One end of a channel. It is open, and outstanding, from the moment it listens until it is closed. */
class FakePort {
  readonly #record: HostRecord;
  readonly #messages: FakeQueue;
  readonly #listeners: FakeListeners;
  #onmessage: Listener | null = null;
  #closed = false;
  peer: FakePort | undefined;

  constructor(record: HostRecord, messages: FakeQueue) {
    this.#record = record;
    this.#messages = messages;
    this.#listeners = new FakeListeners(record);
  }

  get onmessage(): Listener | null {
    return this.#onmessage;
  }

  set onmessage(listener: Listener | null) {
    this.#onmessage = listener;
    this.start();
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.add(type, listener);
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.remove(type, listener);
  }

  postMessage(data: unknown): void {
    this.#record.counted('postMessage', () => {
      const { peer } = this;
      if (!this.#closed && peer !== undefined) this.#messages.add(() => peer.#receive(data));
    })();
  }

  start(): void {
    if (!this.#closed) this.#record.hold(this);
  }

  close(): void {
    for (const port of [this, this.peer]) {
      if (port === undefined) continue;
      port.#closed = true;
      this.#record.release(port);
    }
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  #receive(data: unknown): void {
    if (this.#closed) return;
    const event = Object.assign(fakeEvent('message', undefined), { data });
    if (typeof this.#onmessage === 'function') this.#onmessage(event);
    else this.#onmessage?.handleEvent(event);
    this.#listeners.call('message', [event]);
  }
}

/** The class of the channels of one host, whose messages go into `messages` until they are delivered. */
export function fakeMessageChannel(
  record: HostRecord,
  messages: FakeQueue,
): new () => { readonly port1: FakePort; readonly port2: FakePort } {
  return class MessageChannel {
    readonly port1: FakePort = new FakePort(record, messages);
    readonly port2: FakePort = new FakePort(record, messages);
    constructor() {
      record.counted('MessageChannel', () => {
        this.port1.peer = this.port2;
        this.port2.peer = this.port1;
      })();
    }
  };
}
