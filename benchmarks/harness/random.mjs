/** Random numbers that are the same in every run (mulberry32), so that chance makes no difference between cases. */
export function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The numbers from 0 to `count` - 1 in random order. */
export function shuffled(count, seed = 1) {
  const random = createRandom(seed);
  const order = Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [order[index], order[other]] = [order[other], order[index]];
  }
  return order;
}

/** `length` random whole numbers from 0 to `count` - 1. */
export function randomIndexes(length, count, seed = 2) {
  const random = createRandom(seed);
  return Uint32Array.from({ length }, () => Math.floor(random() * count));
}
