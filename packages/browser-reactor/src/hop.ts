import type { BrowserFunctions } from './browser-host.ts';

/** A port of Node, which keeps its process alive while it listens. Ports of browsers have neither method. */
type Port = MessagePort & { ref?(): void; unref?(): void };

/** What a {@link Hop} needs of its reactor. */
interface HopOptions {
  readonly host: Pick<BrowserFunctions, 'MessageChannel'>;
  /** Calls back once, after `ms`; returns the cancel of that. */
  readonly delay: (ms: number, callback: () => void) => () => void;
  readonly onHop: () => void;
}

/**
 * Calls back in the next macrotask: by a message, or by a timer of 0 ms where the host has no channels, such as jsdom, or where its timers are
 * fake (B19). At most one message or timer is outstanding. Only while a message is outstanding does the channel keep a Node process alive (B20).
 */
export class Hop {
  readonly #options: HopOptions;
  #channel: MessageChannel | undefined;
  #isPosted = false;
  #cancelTimer: (() => void) | undefined;

  constructor(options: HopOptions) {
    this.#options = options;
  }

  /** Asking again before the callback is asking once. */
  request(): void {
    if (this.#isPosted) return;
    this.#isPosted = true;
    const { host, delay } = this.#options;
    if (host.MessageChannel === undefined) {
      this.#cancelTimer = delay(0, this.#onHop);
      return;
    }
    // Opened at the first message, since most pages live by frames alone.
    this.#channel ??= this.#open(host.MessageChannel);
    (this.#channel.port1 as Port).ref?.();
    this.#channel.port2.postMessage(undefined);
  }

  /** Leaves nothing in the host. */
  release(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#channel?.port1.close();
    this.#channel = undefined;
    this.#isPosted = false;
  }

  #open(Channel: new () => MessageChannel): MessageChannel {
    const channel = new Channel();
    channel.port1.onmessage = this.#onHop;
    return channel;
  }

  readonly #onHop = (): void => {
    this.#isPosted = false;
    this.#cancelTimer = undefined;
    (this.#channel?.port1 as Port | undefined)?.unref?.();
    this.#options.onHop();
  };
}
