import { BrowserReactor, type BrowserReactorOptions } from '@triphase/browser-reactor';
import { ReentrantTurnError, checkMilliseconds } from '@triphase/core';
import type { AnyEvents, FiringReport, RunResult, StopReason } from '@triphase/core';
import { fakeHostParts } from './fake-host.ts';
import { nextMacrotask, realTimeout } from './host-globals.ts';
import { PageTime, type PageState } from './page-time.ts';
import { MAX_TURNS, Patience } from './patience.ts';

/** Options of {@link manualPage}: those of `BrowserReactor`, and these. */
export interface ManualPageOptions extends BrowserReactorOptions {
  /** Frames a second of virtual time, above 0; default 60. */
  readonly hz?: number;
  /**
   * Milliseconds of real time that `start()` and `finish()` wait for the outside world while nothing happens on the page. Then they reject with
   * `RunawayError`. Default 4 000, less than a test may take by default; `Infinity` waits for ever.
   */
  readonly patienceMs?: number;
}

/** What a program sent with `reactor.send`. */
export interface SentBeacon {
  /** The address, as it was given. */
  readonly url: string;
  /** The body, as it was given. */
  readonly body: unknown;
}

/** How often `start()` and `finish()` look whether something has happened outside of the page, in milliseconds of real time. */
const LOOK_MS = 1;

/**
 * A page with a `BrowserReactor` whose time is virtual, for tests (B21). Its clock begins at 0 and moves only by its methods: frames come every
 * 1000 / `hz` ms, timers at their time, messages at once. So a minute of a game is tested in milliseconds, the same way each time.
 *
 * After each frame, timer and message promise jobs settle: an `async` function gets as far as it can. What waits for the outside world (a file,
 * a socket) is not waited for: virtual time overtakes it. The page's own globals are not touched: code that calls `requestAnimationFrame` or
 * `setTimeout` itself gets those of the host.
 *
 * Make one with {@link manualPage}.
 */
export class ManualPage<E extends object = AnyEvents> {
  /** The reactor on this page. It runs after `start()`. */
  readonly reactor: BrowserReactor<E>;
  /** What was sent with `reactor.send`, in order. */
  readonly sent: readonly SentBeacon[];
  readonly #time: PageTime;
  readonly #emit: (target: 'window' | 'document', event: string, detail?: unknown) => void;
  readonly #patienceMs: number;
  #state: PageState = 'visible';
  #isDriven = false;

  /** Throws `TypeError` and `RangeError` for options that are wrong. */
  constructor(options: ManualPageOptions = {}) {
    const { hz = 60, patienceMs = 4_000, host: replacement, ...others } = options;
    checkMilliseconds(patienceMs, 'patienceMs is');
    if (typeof hz !== 'number' || !(hz > 0 && hz < Infinity))
      throw new RangeError(`hz is ${String(hz)}: give a number of frames a second, above 0`);
    const parts = fakeHostParts();
    const sent: SentBeacon[] = [];
    const navigator = {
      sendBeacon: (url: string, body?: unknown) => {
        sent.push({ url, body });
        return true;
      },
    };
    this.sent = sent;
    this.reactor = new BrowserReactor({ ...others, host: { ...parts.host, navigator, ...replacement } });
    this.#time = new PageTime(parts, hz);
    this.#emit = parts.host.emit;
    this.#patienceMs = patienceMs;
  }

  /** What the user sees of this page. */
  get state(): PageState {
    return this.#state;
  }

  /**
   * Runs the reactor, and drives startup to its end: resolves with its report once the reactor is running. Startup may use the clock: virtual time
   * moves on while it waits.
   *
   * A start that fails rejects with `StartupFailedError`. Rejects with `RunawayError`, which names what is pending, when nothing has happened for
   * `patienceMs` of real time, or after 10 000 steps.
   */
  async start(): Promise<FiringReport> {
    const ended = this.reactor.run();
    ended.catch(ignore); // heard below; until then a failed start must not be an unhandled rejection
    const startup = this.reactor.startupReport;
    if (startup !== undefined) await this.#driveUntil(startup);
    if (startup !== undefined && this.reactor.state === 'running') return startup;
    await this.#driveUntil(ended);
    return (await ended).startup;
  }

  /**
   * Moves the clock on by `ms`: runs each frame, timer and message on the way at its time, and promise jobs after each. Nothing runs while the page
   * is frozen, or kept for coming back. Where calls make new calls without end, time doesn't stand still: after 1 000 rounds at one moment each
   * takes a millisecond.
   *
   * Rejects with `TypeError` or `RangeError` for a time that isn't finite, or negative, and with `ReentrantTurnError` if another call of
   * `advance`, `start` or `finish` isn't over.
   */
  async advance(ms: number): Promise<void> {
    checkMilliseconds(ms, 'The time to advance by is');
    if (ms === Infinity) throw new RangeError('cannot advance by Infinity ms: give a finite number');
    await this.#drive(async () => {
      const end = this.#time.now + ms;
      do await nextMacrotask();
      while (this.#time.step(this.#state, end));
    });
  }

  /** Nobody sees the page any more: the user switches to another tab. Does nothing if it is hidden already. */
  hide(): void {
    if (this.#state !== 'visible') return;
    this.#state = 'hidden';
    this.#emit('document', 'visibilitychange', { visibilityState: 'hidden', hidden: true });
  }

  /** The user comes back to the page: shows it, after `resume()` if it was frozen or kept. Throws `TypeError` if it is closed. */
  show(): void {
    this.resume();
    if (this.#state !== 'hidden') return;
    this.#state = 'visible';
    this.#emit('document', 'visibilitychange', { visibilityState: 'visible', hidden: false });
  }

  /** The browser freezes the page, as Chromium does with hidden tabs; hides it first. Nothing runs until `resume()` or `show()`. */
  freeze(): void {
    this.hide();
    if (this.#state !== 'hidden') return;
    this.#state = 'frozen';
    this.#emit('document', 'freeze');
  }

  /** A frozen page runs again, still hidden. A page that was kept is back, and visible. Throws `TypeError` if it is closed. */
  resume(): void {
    if (this.#state === 'closed') throw new TypeError('The page is closed: make a new one');
    if (this.#state === 'frozen') {
      this.#state = 'hidden';
      this.#emit('document', 'resume');
    } else if (this.#state === 'cached') {
      this.#state = 'hidden';
      this.show();
      this.#emit('window', 'pageshow', { persisted: true });
    }
  }

  /**
   * The user leaves the page. `persisted: true`: it is kept for coming back (`resume()`, `show()`), and suspended. Otherwise it is left for good, and
   * the reactor shuts down in the middle of this call. Does nothing if it was left already.
   */
  leave({ persisted = false }: { readonly persisted?: boolean } = {}): void {
    if (this.#state === 'closed' || this.#state === 'cached') return;
    const wasVisible = this.#state === 'visible';
    this.#state = persisted ? 'cached' : 'closed';
    // All engines say `pagehide` while the page is still visible.
    this.#emit('window', 'pagehide', { persisted });
    if (wasVisible) this.#emit('document', 'visibilitychange', { visibilityState: 'hidden', hidden: true });
  }

  /**
   * Stops the reactor, and drives shutdown to its end: resolves with the result of the run. A page that is frozen or kept is shown first; on one that
   * was closed it is the result of its run. Rejects as `start()` does, and with `ReactorNotRunningError` when it was not started.
   */
  async finish(reason?: StopReason): Promise<RunResult> {
    if (this.#state === 'frozen' || this.#state === 'cached') this.show();
    const ended = this.reactor.stop(reason);
    await this.#driveUntil(ended);
    return ended;
  }

  async #driveUntil(goal: Promise<unknown>): Promise<void> {
    let isReached = false;
    const settled = goal.then(ignore, ignore).then(() => {
      isReached = true;
    });
    await this.#drive(async () => {
      const patience = new Patience(this.reactor, MAX_TURNS, ['trigger', 'service', 'work']);
      for (let waited = 0; ;) {
        await nextMacrotask();
        if (isReached) return;
        if (this.#time.step(this.#state, Infinity)) {
          waited = 0;
          patience.spend();
        } else if (waited++ * LOOK_MS < this.#patienceMs) await Promise.race([settled, passes(LOOK_MS)]);
        else throw patience.stalled(this.#patienceMs);
      }
    });
  }

  async #drive(run: () => Promise<void>): Promise<void> {
    if (this.#isDriven)
      throw new ReentrantTurnError('The page is being driven already: await advance(), start() or finish() first');
    this.#isDriven = true;
    try {
      await run();
    } finally {
      this.#isDriven = false;
    }
  }
}

/**
 * A page in virtual time, with a `BrowserReactor` on it (B21).
 *
 * @example
 * const page = manualPage();
 * const game = new Game(page.reactor);
 * await page.start();
 * await page.advance(60_000);
 * expect(game.steps).toBe(3_599); // none in the first frame
 * await page.finish();
 */
export function manualPage<E extends object = AnyEvents>(options?: ManualPageOptions): ManualPage<E> {
  return new ManualPage(options);
}

function passes(ms: number): Promise<void> {
  return new Promise((resolve) => {
    realTimeout(ms, resolve);
  });
}

function ignore(): void {
  // Whoever awaits the promise itself hears of it.
}
