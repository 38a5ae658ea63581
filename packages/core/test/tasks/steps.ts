/** An iterator that tells of each step and of its clean-up. */
export function* steps(count: number, onStep: (step: number) => unknown, onEnd: () => void = () => {}): Generator {
  try {
    for (let step = 0; step < count; step++) yield onStep(step);
  } finally {
    onEnd();
  }
}
