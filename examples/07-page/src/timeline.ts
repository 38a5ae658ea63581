import type { BrowserReactor, PageEvents } from '@triphase/browser-reactor';
import type { Observer, Phase, TriggerContext } from '@triphase/core';

/** An event of this page, or of its previous visit. */
export interface Entry {
  readonly event: string;
  /** By `Date.now()`. */
  readonly at: number;
  /** The names of the triggers that were called. */
  readonly phases: Readonly<Record<Phase, string[]>>;
  /** Further details. */
  readonly notes: string[];
  /** The duration in milliseconds, once it has ended. */
  duration?: number;
}

const EVENTS: readonly (keyof PageEvents)[] = ['startup', 'hidden', 'visible', 'suspend', 'resume', 'shutdown'];

/** Records every event of a page, with the triggers that each phase calls. */
export class Timeline {
  readonly #hear: (entry: Entry) => void;
  readonly #firings: Map<unknown, { readonly entry: Entry; readonly start: number }> = new Map();

  /** `hear` is called for each new entry, and each time an entry changes. */
  constructor(hear: (entry: Entry) => void) {
    this.#hear = hear;
  }

  readonly observer: Observer = {
    firing: (step, { event, time }) => {
      if (step === 'start') this.#begin(event, time);
      else this.#change(event, (entry, start) => (entry.duration = time - start));
    },
    trigger: (step, { event, phase, name }) => {
      if (step === 'start') this.#change(event, (entry) => entry.phases[phase].push(name));
    },
  };

  attach(reactor: BrowserReactor): void {
    for (const event of EVENTS) {
      const writeDown = ({ detail, terminal }: TriggerContext<PageEvents[keyof PageEvents]>): void => {
        if (detail !== undefined && 'kind' in detail) this.note(event, detail.kind);
        if (detail !== undefined && 'persisted' in detail && detail.persisted) this.note(event, 'kept by the browser');
        if (terminal) this.note(event, 'terminal');
      };
      reactor.on(event, { after: writeDown }, { name: 'write it down' });
    }
  }

  /** Adds a detail to the event that is being fired. */
  note(event: keyof PageEvents, words: string): void {
    this.#change(event, (entry) => entry.notes.push(words));
  }

  #begin(event: unknown, time: number): void {
    const entry = { event: String(event), at: Date.now(), phases: { before: [], during: [], after: [] }, notes: [] };
    this.#firings.set(event, { entry, start: time });
    this.#hear(entry);
  }

  #change(event: unknown, change: (entry: Entry, start: number) => unknown): void {
    const firing = this.#firings.get(event);
    if (firing === undefined) return;
    change(firing.entry, firing.start);
    this.#hear(firing.entry);
  }
}
