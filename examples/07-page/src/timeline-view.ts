import type { Entry } from './timeline.ts';

/** Maximum number of entries; older ones are dropped. */
const MAX_ENTRIES = 60;

const PHASES = ['before', 'during', 'after'] as const;

/** Shows entries in a list, the newest first. */
export class TimelineView {
  readonly #list: HTMLElement;
  readonly #items: WeakMap<Entry, HTMLLIElement> = new WeakMap();

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  /** Adds an entry, or updates it when it is there already. */
  show(entry: Entry): void {
    const item = this.#items.get(entry) ?? this.#add(entry);
    item.replaceChildren(headOf(entry), phasesOf(entry));
  }

  /** Adds an entry at the end: it is older than all others. */
  showPast(entry: Entry): void {
    const item = document.createElement('li');
    item.className = 'past';
    item.append(headOf(entry), phasesOf(entry));
    this.#list.append(item);
  }

  #add(entry: Entry): HTMLLIElement {
    const item = document.createElement('li');
    this.#items.set(entry, item);
    this.#list.prepend(item);
    if (this.#list.childElementCount > MAX_ENTRIES) this.#list.lastElementChild?.remove();
    return item;
  }
}

function headOf({ event, at, notes, duration }: Entry): HTMLElement {
  const time = textIn('time', '', new Date(at).toLocaleTimeString([], { hour12: false }));
  const took = textIn('span', 'took', duration === undefined ? '' : `${duration.toFixed(1)} ms`);
  const head = textIn('p', 'head', '');
  head.append(textIn('strong', '', event), time, took);
  if (notes.length > 0) head.append(textIn('span', 'note', notes.join(', ')));
  return head;
}

function phasesOf({ phases }: Entry): HTMLElement {
  const list = textIn('ol', 'phases', '');
  for (const phase of PHASES) {
    const names = phases[phase];
    const item = textIn('li', `${phase}${names.length === 0 ? ' empty' : ''}`, '');
    item.append(textIn('b', '', phase), textIn('span', '', names.join(', ')));
    list.append(item);
  }
  return list;
}

function textIn(tag: string, className: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.textContent = text;
  return element;
}
