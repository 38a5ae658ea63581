import type { BrowserReactor } from '@triphase/browser-reactor';
import type { TriggerContext } from '@triphase/core';
import type { Entry } from './timeline.ts';

const KEY = 'triphase: previous visit';

/** What `localStorage` has of a visit. It is written synchronously, since a page that closes gets no time for anything else. */
interface StoredVisit {
  /** When it was stored, by `Date.now()`. */
  readonly at: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly calls: number;
  readonly phases: Entry['phases'];
}

/** Stores this visit, and shows it at the next one. It is stored when the page is hidden, since no later event is certain (B13), and in each phase of the shutdown. */
export class Visit {
  readonly #callsRun: () => number;
  #isFirstReactor = true;

  constructor(callsRun: () => number) {
    this.#callsRun = callsRun;
  }

  /** `show` is called when the first reactor of this visit starts. */
  attach(reactor: BrowserReactor, show: (previous: Entry) => void): void {
    const phases: StoredVisit['phases'] = { before: [], during: [], after: [] };
    const readPreviousVisit = (): void => {
      const text = localStorage.getItem(KEY);
      localStorage.removeItem(KEY);
      if (text !== null && this.#isFirstReactor) show(entryOf(JSON.parse(text) as StoredVisit)); // as: written below
      this.#isFirstReactor = false;
    };
    const save = (): void => {
      const stored: StoredVisit = { at: Date.now(), duration: performance.now(), calls: this.#callsRun(), phases };
      localStorage.setItem(KEY, JSON.stringify(stored));
    };
    const saveWithPhase = ({ phase, name }: TriggerContext): void => {
      phases[phase].push(name);
      save();
    };
    reactor.on('startup', readPreviousVisit, { name: 'read previous visit' });
    reactor.on('hidden', save, { name: 'save this visit' });
    reactor.on('shutdown', { before: saveWithPhase }, { name: 'save the number of calls' });
    reactor.on('shutdown', { during: saveWithPhase }, { name: 'save this visit' });
    reactor.on('shutdown', { after: saveWithPhase }, { name: 'save the end' });
  }
}

function entryOf({ at, duration, calls, phases }: StoredVisit): Entry {
  const wasShutDown = phases.before.length > 0;
  const length = `${(duration / 1000).toFixed(0)} s, ${calls.toLocaleString('en')} calls`;
  // Without a shutdown the page was killed while it was hidden, or is still open in another tab.
  const notes = ['previous visit', length, ...(wasShutDown ? [] : ['no shutdown'])];
  return { event: wasShutDown ? 'shutdown' : 'hidden', at, phases, notes };
}
