import type { BrowserReactor } from '@triphase/browser-reactor';

const EVENTS = ['hidden', 'visible', 'suspend', 'resume', 'shutdown'] as const;

/** Records the names of the page events and of shutdown that the reactor fires from now on. */
export function journalOf(reactor: BrowserReactor): string[] {
  const journal: string[] = [];
  for (const event of EVENTS) reactor.on(event, () => journal.push(event));
  return journal;
}
