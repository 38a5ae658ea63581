import type { Phase } from '@triphase/core';

/** The phases of an event, in their order. */
export const PHASES: readonly Phase[] = ['before', 'during', 'after'];

/** The counts in the report of a firing that called no trigger. */
export const NOTHING_CALLED: Readonly<Record<Phase, number>> = { before: 0, during: 0, after: 0 };
