import type { BrowserFunctions } from './browser-host.ts';

/** A port of Node, which keeps its process alive while it listens. Ports of browsers have neither method. */
type Port = MessagePort & { ref?(): void; unref?(): void };

/** What a {@link NextMacrotask} needs of its reactor. */
interface NextMacrotaskOptions {
  readonly host: Pick<BrowserFunctions, 'MessageChannel'>;
  /** Calls `callback` once, after `ms`. Returns a function that cancels it. */
  readonly delay: (ms: number, callback: () => void) => () => void;
  readonly onMacrotask: () => void;
}

/**
 * Calls back in the next macrotask: by a message, or by a timer of 0 ms where the host has no channels, such as jsdom, or where its timers are
 * fake (B19). At most one message or timer is outstanding. Only while a message is outstanding does the channel keep a Node process alive (B20).
 */
export class NextMacrotask {
  readonly #options: NextMacrotaskOptions;
  #channel: MessageChannel | undefined;
  #isPosted = false;
  #cancelTimer: (() => void) | undefined;

  constructor(options: NextMacrotaskOptions) {
    this.#options = options;
  }

  /** Asks for the callback. Asking again before it comes changes nothing. */
  request(): void {
    if (this.#isPosted) return;
    this.#isPosted = true;
    const { host, delay } = this.#options;
    if (host.MessageChannel === undefined) {
      this.#cancelTimer = delay(0, this.#onMacrotask);
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
    channel.port1.onmessage = this.#onMacrotask;
    return channel;
  }

  readonly #onMacrotask = (): void => {
    this.#isPosted = false;
    this.#cancelTimer = undefined;
    (this.#channel?.port1 as Port | undefined)?.unref?.();
    this.#options.onMacrotask();
  };
}
