/**
 * The listener closes after this time without a new arrival. It has to be longer than the pauses of a proxy that connects in bursts:
 * closing resets the connections that the system has accepted and the program has not (N13). Milliseconds.
 */
export const QUIET_MS = 25;
/**
 * After that time it also waits for this many turns of the host's loop: on a busy machine the time can pass before the loop has looked at
 * its sockets.
 */
const QUIET_TURNS = 3;
/** At most this many waits of 25 ms: 200 ms, or more on a machine so busy that each wait takes longer. */
const MAX_QUIET_WAITS = 8;

/** What {@link untilQuiet} needs to know. */
export interface Arrivals {
  /** How many connections or requests have come so far. */
  count(): number;
  /** Waits; returns early once the stop is in a hurry. */
  wait(ms: number): Promise<void>;
  /** One turn of the host's loop. */
  turn(): Promise<unknown>;
  /** Nobody may wait any longer. */
  isHurried(): boolean;
}

/**
 * Waits until no new connection or request has come for `QUIET_MS`. Clients open no new connections while their requests are held, so this
 * takes little time (N13).
 */
export async function untilQuiet({ count, wait, turn, isHurried }: Arrivals): Promise<void> {
  let seen = -1;
  for (let n = 0; n < MAX_QUIET_WAITS && seen !== count() && !isHurried(); n++) {
    seen = count();
    await wait(QUIET_MS);
    for (let turns = 0; turns < QUIET_TURNS; turns++) await turn();
  }
}
