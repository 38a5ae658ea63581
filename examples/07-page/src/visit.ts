import type { BrowserReactor } from '@triphase/browser-reactor';
import type { TriggerContext } from '@triphase/core';
import type { Entry } from './timeline.ts';

const KEY = 'triphase: previous visit';

/** What is stored of a visit. It is stored synchronously: a page that is closed has no time for more. */
interface Stored {
  readonly at: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly calls: number;
  readonly phases: Entry['phases'];
}

/** Stores this visit for the next one: when the page is hidden, since that may be its end (B13), and in each phase of its shutdown. */
export class Visit {
  readonly #callsRun: () => number;
  #isFirst = true;

  constructor(callsRun: () => number) {
    this.#callsRun = callsRun;
  }

  /** `show` is called when the first reactor of this visit starts. */
  attach(reactor: BrowserReactor, show: (previous: Entry) => void): void {
    const phases: Stored['phases'] = { before: [], during: [], after: [] };
    const readPreviousVisit = (): void => {
      const text = localStorage.getItem(KEY);
      localStorage.removeItem(KEY);
      if (text !== null && this.#isFirst) show(entryOf(JSON.parse(text) as Stored)); // as: written below
      this.#isFirst = false;
    };
    const save = (): void => {
      const stored: Stored = { at: Date.now(), duration: performance.now(), calls: this.#callsRun(), phases };
      localStorage.setItem(KEY, JSON.stringify(stored));
    };
    const sign = ({ phase, name }: TriggerContext): void => {
      phases[phase].push(name);
      save();
    };
    reactor.on('startup', readPreviousVisit, { name: 'read previous visit' });
    reactor.on('hidden', save, { name: 'save this visit' });
    reactor.on('shutdown', { before: sign }, { name: 'count calls' });
    reactor.on('shutdown', { during: sign }, { name: 'save this visit' });
    reactor.on('shutdown', { after: sign }, { name: 'sign off' });
  }
}

function entryOf({ at, duration, calls, phases }: Stored): Entry {
  const wasShutDown = phases.before.length > 0;
  const length = `${(duration / 1000).toFixed(0)} s, ${calls.toLocaleString('en')} calls`;
  // Killed while hidden, or still there, in another tab.
  const notes = ['previous visit', length, ...(wasShutDown ? [] : ['no shutdown heard of'])];
  return { event: wasShutDown ? 'shutdown' : 'hidden', at, phases, notes };
}
