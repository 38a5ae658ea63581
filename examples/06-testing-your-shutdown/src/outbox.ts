import { every, type ReactorBase } from '@triphase/core';

/** Sends letters in batches every five seconds. A shutdown sends the rest at once, and closes the outbox. */
export class Outbox {
  readonly #letters: string[] = [];
  readonly #send: (letters: string[]) => unknown;
  #closed = false;

  constructor(reactor: ReactorBase, send: (letters: string[]) => unknown) {
    this.#send = send;
    every(reactor, 5_000, () => this.#flush());
    reactor.on('shutdown', {
      before: () => {
        this.#closed = true;
      },
      during: () => this.#flush(),
    });
  }

  post(letter: string): void {
    if (this.#closed) throw new Error('The outbox is closed');
    this.#letters.push(letter);
  }

  async #flush(): Promise<void> {
    if (this.#letters.length > 0) await this.#send(this.#letters.splice(0));
  }
}
