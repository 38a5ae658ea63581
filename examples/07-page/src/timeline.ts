import type { BrowserReactor, PageEvents } from '@triphase/browser-reactor';
import type { Observer, Phase, TriggerContext } from '@triphase/core';

/** An event of this page, or of its previous visit. */
export interface Entry {
  readonly event: string;
  /** When it began, by `Date.now()`. */
  readonly at: number;
  /** The names of the triggers that were called. */
  readonly phases: Readonly<Record<Phase, string[]>>;
  /** Further details. */
  readonly notes: string[];
  /** Milliseconds. `undefined` until the event ends. */
  duration?: number;
}

const EVENTS: readonly (keyof PageEvents)[] = ['startup', 'hidden', 'visible', 'suspend', 'resume', 'shutdown'];

/** Records every event of a page, with the triggers that each phase calls. */
export class Timeline {
  readonly #onChange: (entry: Entry) => void;
  readonly #firings: Map<unknown, { readonly entry: Entry; readonly start: number }> = new Map();

  /** `onChange` is called for each new entry, and each time an entry changes. */
  constructor(onChange: (entry: Entry) => void) {
    this.#onChange = onChange;
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
      const noteDetails = ({ detail, terminal }: TriggerContext<PageEvents[keyof PageEvents]>): void => {
        if (detail !== undefined && 'kind' in detail) this.note(event, detail.kind);
        if (detail !== undefined && 'persisted' in detail && detail.persisted) this.note(event, 'kept by the browser');
        if (terminal) this.note(event, 'terminal');
      };
      reactor.on(event, { after: noteDetails }, { name: 'note details' });
    }
  }

  /** Adds a note to the latest entry of this event. */
  note(event: keyof PageEvents, text: string): void {
    this.#change(event, (entry) => entry.notes.push(text));
  }

  #begin(event: unknown, time: number): void {
    const entry = { event: String(event), at: Date.now(), phases: { before: [], during: [], after: [] }, notes: [] };
    this.#firings.set(event, { entry, start: time });
    this.#onChange(entry);
  }

  #change(event: unknown, change: (entry: Entry, start: number) => unknown): void {
    const firing = this.#firings.get(event);
    if (firing === undefined) return;
    change(firing.entry, firing.start);
    this.#onChange(firing.entry);
  }
}
