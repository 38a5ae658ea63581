import { ReactorBase, type AnyEvents, type ReactorOptions } from '@triphase/core';

/** The reactor of hosts that have nothing but timers, such as workerd: each turn is a `setTimeout` of 0 ms. */
class TimerReactor<E extends object = AnyEvents> extends ReactorBase<E> {
  protected override requestTurn(turn: () => void): () => void {
    return this.setWakeup(0, turn);
  }
}

/** {@inheritDoc CreateReactor} */
export function createTimerReactor<E extends object = AnyEvents>(options?: ReactorOptions): ReactorBase<E> {
  return new TimerReactor<E>(options);
}
