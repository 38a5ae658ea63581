// Compiled against the published declarations, with each module resolution and with the types of each host.
import { ReactorBase, sleep, type StopReason } from '@triphase/core';

export class TickerReactor<E extends object> extends ReactorBase<E> {
  protected override requestTurn(turn: () => void): () => void {
    turn();
    return turn;
  }
}

interface MyEvents {
  reload: { path: string };
}

export async function use(reactor: TickerReactor<MyEvents>): Promise<StopReason> {
  reactor.on('reload', ({ detail, signal }) => [detail.path, signal.aborted]);
  // @ts-expect-error a misspelt key
  reactor.on('relaod', () => 1);
  // @ts-expect-error a wrong detail
  void reactor.fire('reload', { path: 1 });
  await sleep(reactor, 1, { signal: reactor.signal });
  using call = reactor.callLater(1, () => 1);
  return call.active ? (await reactor.stop()).reason : { kind: 'mine' };
}
