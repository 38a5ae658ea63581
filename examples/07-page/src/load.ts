import type { BrowserReactor } from '@triphase/browser-reactor';
import { every, type LoopingCall } from '@triphase/core';

/** Milliseconds between two portions of calls. */
const PORTION = 20;

/** Number of calls that keep queueing the next one, for a load that uses all time. */
const CHAINS = 10;

/** Queues calls of one millisecond at a rate per second. With `Infinity` each call queues the next one. */
export class Load {
  /** While it takes calls. */
  #reactor: BrowserReactor | undefined;
  #perSecond = 0;
  #feed: LoopingCall | undefined;
  #chains: object = {};
  #waiting = 0;
  #ran = 0;

  /** Calls that have run. */
  get ran(): number {
    return this.#ran;
  }

  attach(reactor: BrowserReactor, note: (event: 'visible', words: string) => void): void {
    let atHiding = 0;
    const beginLoad = (): void => {
      this.#reactor = reactor;
      this.#begin();
    };
    const endLoad = (): void => {
      this.#reactor = undefined;
      this.#end();
    };
    const countCalls = (): void => {
      atHiding = this.#ran;
    };
    const countAgain = (): void => note('visible', `${(this.#ran - atHiding).toLocaleString('en')} calls while hidden`);
    reactor.on('startup', { after: beginLoad }, { name: 'begin the load' });
    reactor.on('hidden', { before: countCalls }, { name: 'count calls' });
    reactor.on('visible', { before: countAgain }, { name: 'count again' });
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
    this.#feed = every(reactor, PORTION, ({ missed }) => {
      const due = ((1 + missed) * perSecond * PORTION) / 1000;
      // At most one second of calls may wait: a page that was hidden doesn't make up for all of them.
      const room = Math.min(due, perSecond - this.#waiting);
      for (let n = 0; n < room; n++) this.#queue(reactor);
    });
  }

  #end(): void {
    if (this.#feed?.active) this.#feed.stop(); // It ends by itself when its reactor does.
    this.#chains = {};
  }

  #queue(reactor: BrowserReactor): void {
    this.#waiting += 1;
    reactor.callSoon(() => {
      this.#waiting -= 1;
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
    this.#ran += 1;
  }
}
