/** All whole numbers from `first` to `last`, both included. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** A set of ids, stored as ranges. Its memory grows with the number of gaps, not of ids. `add` is fast if ids come nearly in order. */
export class IdRanges {
  readonly #ranges: { first: number; last: number }[] = [];
  #size = 0;

  /** Number of ids. */
  get size(): number {
    return this.#size;
  }

  /** Adds an id that is not in the set yet. */
  add(id: number): void {
    this.#size += 1;
    // Search from the end: a new id nearly always follows the last range or closes one of the last gaps.
    let index = this.#ranges.length;
    while ((this.#ranges[index - 1]?.first ?? -Infinity) > id) index -= 1;
    const below = this.#ranges[index - 1];
    const above = this.#ranges[index];
    const joinsBelow = below?.last === id - 1;
    const joinsAbove = above?.first === id + 1;
    if (joinsBelow && joinsAbove) {
      below.last = above.last;
      this.#ranges.splice(index, 1);
    } else if (joinsBelow) below.last = id;
    else if (joinsAbove) above.first = id;
    else this.#ranges.splice(index, 0, { first: id, last: id });
  }

  /** The ranges in order, split into ranges of at most `length` ids. */
  *pieces(length: number): Generator<IdRange> {
    for (const { first, last } of this.#ranges) {
      for (let from = first; from <= last; from += length)
        yield { first: from, last: Math.min(last, from + length - 1) };
    }
  }
}
