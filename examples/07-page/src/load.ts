import type { BrowserReactor } from '@triphase/browser-reactor';
import { every, type LoopingCall } from '@triphase/core';

/** Milliseconds between two batches of calls. */
const BATCH_INTERVAL = 20;

/** Number of chains for the maximum load. Each call of a chain queues the next call. */
const CHAINS = 10;

/** Queues calls that take one millisecond each. `set` gives their number per second; with `Infinity` each call queues the next one. */
export class Load {
  /** The running reactor. `undefined` before its startup, and from its shutdown on. */
  #reactor: BrowserReactor | undefined;
  #perSecond = 0;
  #batches: LoopingCall | undefined;
  /** Identifies the current chains. A chain ends when this is another object. */
  #chains: object = {};
  #queued = 0;
  #done = 0;

  /** Number of calls that have run. */
  get done(): number {
    return this.#done;
  }

  attach(reactor: BrowserReactor, note: (event: 'visible', text: string) => void): void {
    let doneBefore = 0;
    const beginLoad = (): void => {
      this.#reactor = reactor;
      this.#begin();
    };
    const endLoad = (): void => {
      this.#reactor = undefined;
      this.#end();
    };
    const countCalls = (): void => {
      doneBefore = this.#done;
    };
    const noteCalls = (): void =>
      note('visible', `${(this.#done - doneBefore).toLocaleString('en')} calls while hidden`);
    reactor.on('startup', { after: beginLoad }, { name: 'begin the load' });
    reactor.on('hidden', { before: countCalls }, { name: 'count calls' });
    reactor.on('visible', { before: noteCalls }, { name: 'count calls while hidden' });
    reactor.on('shutdown', { before: endLoad }, { name: 'end the load' });
  }

  set(perSecond: number): void {
    this.#perSecond = perSecond;
    this.#end();
    this.#begin();
  }

  #begin(): void {
    const reactor = this.#reactor;
    const perSecond = this.#perSecond;
    if (reactor === undefined || perSecond === 0) return;
    if (perSecond === Infinity) {
      for (let n = 0; n < CHAINS; n++) this.#chain(reactor, this.#chains);
      return;
    }
    this.#batches = every(reactor, BATCH_INTERVAL, ({ missed }) => {
      const due = ((1 + missed) * perSecond * BATCH_INTERVAL) / 1000;
      // At most one second of calls is queued. So a page that was hidden doesn't catch up on all that it missed.
      const count = Math.min(due, perSecond - this.#queued);
      for (let n = 0; n < count; n++) this.#queue(reactor);
    });
  }

  #end(): void {
    if (this.#batches?.active) this.#batches.stop(); // stop() throws on a call that has ended, as with its reactor.
    this.#chains = {};
  }

  #queue(reactor: BrowserReactor): void {
    this.#queued += 1;
    reactor.callSoon(() => {
      this.#queued -= 1;
      this.#work();
    });
  }

  #chain(reactor: BrowserReactor, chains: object): void {
    reactor.callSoon(() => {
      if (chains !== this.#chains) return;
      this.#work();
      this.#chain(reactor, chains);
    });
  }

  /** Blocks the thread for a millisecond. */
  #work(): void {
    const end = performance.now() + 1;
    while (performance.now() < end);
    this.#done += 1;
  }
}
