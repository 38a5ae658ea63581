/** The phases of an event, in their order. */
export const PHASES = ['before', 'during', 'after'] as const;
