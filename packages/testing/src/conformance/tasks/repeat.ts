/** An iterator that calls `step` and yields, `times` times. */
export function* repeat(times: number, step: () => unknown): Generator<void> {
  for (let n = 0; n < times; n++) {
    step();
    yield;
  }
}
