import { sabotagedCalls } from './calls.ts';
import { sabotagedEvents } from './events.ts';
import { sabotagedLives } from './life.ts';
import { sabotagedReactors } from './reactors.ts';
import type { Sabotage } from './sabotage.ts';

/** All of them; each is caught by the tests of the statement that it breaks. */
export const sabotages: readonly Sabotage[] = [
  ...sabotagedReactors,
  ...sabotagedEvents,
  ...sabotagedLives,
  ...sabotagedCalls,
];
