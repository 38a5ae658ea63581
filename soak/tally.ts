/** Counts what the lives of a soak have done. The soak prints the counts at its end: it has tested only what it has done. */
export type Tally = Map<string, number>;

export function count(tally: Tally, what: string): void {
  tally.set(what, (tally.get(what) ?? 0) + 1);
}
