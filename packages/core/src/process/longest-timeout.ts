/** The longest that a timer waits: a longer one fires at once. Milliseconds. */
export const LONGEST_TIMEOUT: number = 2 ** 31 - 1;
