export function* repeat(times: number, step: () => unknown): Generator<void> {
  for (let n = 0; n < times; n++) {
    step();
    yield;
  }
}
