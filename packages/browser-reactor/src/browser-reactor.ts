import { HostMissingError, ReactorBase, type AnyEvents, type HostControl, type ReactorOptions } from '@triphase/core';
import { takeBrowserHost, type BrowserFunctions, type BrowserHost } from './browser-host.ts';
import { dispose } from './dispose.ts';
import { shutDownOnPagehide, watchVisibility } from './page-life.ts';
import { TurnSource } from './turn-source.ts';

/** Options of {@link BrowserReactor}. */
export interface BrowserReactorOptions extends ReactorOptions<BrowserHost> {
  /** Milliseconds after a frame in which turns may follow without another one; default 20 (B3). */
  readonly gateMs?: number;
}

interface Own {
  readonly host: BrowserFunctions;
  readonly turns: TurnSource;
}

/**
 * A reactor on a page, or in a worker: turns by `requestAnimationFrame`, and by messages between two frames, while the page is hidden, and
 * in workers without frames; wakeups by `setTimeout` (B1 to B3).
 *
 * A page that goes away for good shuts it down with `{ kind: 'pagehide' }`, in the middle of that event: promises get a few promise jobs'
 * time, no more (C32). A page that is kept for coming back does not. Importing and constructing it does nothing, anywhere; `run()` throws
 * `HostMissingError` where there is neither page nor worker (B14).
 *
 * @example
 * const reactor = new BrowserReactor();
 * reactor.on('shutdown', () => navigator.sendBeacon('/left'));
 * void reactor.run();
 */
export class BrowserReactor<E extends object = AnyEvents> extends ReactorBase<E> {
  readonly #own: Own | undefined;

  constructor(options: BrowserReactorOptions = {}) {
    const { host: replacement, gateMs = 20 } = options;
    if (!(gateMs >= 0)) throw new RangeError(`gateMs is ${String(gateMs)}: give a number of milliseconds, 0 or more`);
    super(options);
    const host = takeBrowserHost(replacement);
    this.#own = host && { host, turns: new TurnSource(host, () => this.now(), gateMs) };
  }

  /** By the next animation frame, or a message where that may come first (B1 to B3). Throws `HostMissingError`. */
  protected override requestTurn(turn: () => void): () => void {
    return this.#present().turns.request(turn);
  }

  /** Hears when the page goes away, is hidden or is shown. Throws `HostMissingError`, which is what `run()` throws. */
  protected override attachHost(control: HostControl): Disposable {
    const { host, turns } = this.#present();
    const pagehide = shutDownOnPagehide(host, control);
    const visibility = watchVisibility(host, () => {
      turns.visibilityChanged();
    });
    return {
      [dispose]: () => {
        visibility[dispose]();
        pagehide[dispose]();
        turns.release();
      },
    };
  }

  #present(): Own {
    if (this.#own !== undefined) return this.#own;
    throw new HostMissingError(
      'A BrowserReactor runs on a page or in a worker, and this is neither: use the reactor of this host, or pass { host }',
    );
  }
}

/** The same as `new BrowserReactor(options)`. */
export function createBrowserReactor<E extends object = AnyEvents>(options?: BrowserReactorOptions): BrowserReactor<E> {
  return new BrowserReactor(options);
}
