/** The longest timeout of hosts, in milliseconds: they call back at once after a longer one. */
export const LONGEST_TIMEOUT: number = 2 ** 31 - 1;
