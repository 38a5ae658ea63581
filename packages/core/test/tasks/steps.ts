/** An iterator that calls `onStep` for each step, and `onEnd` when it ends or is closed. */
export function* steps(count: number, onStep: (step: number) => unknown, onEnd: () => void = () => {}): Generator {
  try {
    for (let step = 0; step < count; step++) yield onStep(step);
  } finally {
    onEnd();
  }
}
