import {
  HostMissingError,
  ReactorBase,
  checkMilliseconds,
  takeReactorOptions,
  type AbortSignalLike,
  type AnyEvents,
  type ErrorSource,
  type HostControl,
  type ReactorOptions,
  type RunResult,
} from '@triphase/core';
import { sendBeacon } from './beacon.ts';
import { hearBridge } from './bridge.ts';
import { missingFrom, takeBrowserHost, type BrowserFunctions, type BrowserHost } from './browser-host.ts';
import { checkOneOf } from './check-one-of.ts';
import { dispose } from './dispose.ts';
import type { FrameCallback, FrameOptions, FramePhases } from './frame-callbacks.ts';
import type { FrameGiver } from './frame-giver.ts';
import { FrameLoop } from './frame-loop.ts';
import { FrameSource } from './frame-source.ts';
import { WHEN_HIDDEN, type WhenHidden } from './hidden-policy.ts';
import { IdleSource } from './idle-source.ts';
import { LeaveGuards } from './leave-guard.ts';
import type { PageChange, PageEvents } from './page-events.ts';
import type { PageHandle } from './page-handle.ts';
import { isHidden, watchPage } from './page-life.ts';
import { START_AT, isPrerendering, whenLoaded, type StartAt } from './page-load.ts';
import { TurnSource } from './turn-source.ts';
import { WakeupSource } from './wakeup-source.ts';

/** Options of {@link BrowserReactor}. */
export interface BrowserReactorOptions extends ReactorOptions<BrowserHost> {
  /**
   * How far the page must be loaded before `startup` is fired: `interactive`, the default, once it is parsed; `complete` with its images
   * and frames; `now` (B8). A prerendered page starts when it is shown; with `now` it starts at once (B18). `run()` returns at once in any
   * case, and a stop does not wait. A worker starts at once.
   */
  readonly startAt?: 'now' | 'interactive' | 'complete';
  /**
   * What becomes of queued and timed calls while the page is hidden: `run` at full speed, by messages; `throttle`, the default, one slice a
   * second; `pause` until it is shown (B5). While the reactor starts and stops they run at full speed, whatever this says.
   */
  readonly whenHidden?: 'run' | 'throttle' | 'pause';
  /**
   * The milliseconds after a frame in which messages may give turns; after them the next frame comes first. 0 or more; default 20 (B3).
   */
  readonly messageWindowMs?: number;
}

/** The options that a `BrowserReactor` adds to those of every reactor. */
const OWN_OPTIONS: readonly (keyof BrowserReactorOptions)[] = ['startAt', 'whenHidden', 'messageWindowMs'];

/** What there is only on a page or in a worker. */
interface HostParts {
  readonly host: BrowserFunctions;
  readonly turns: TurnSource;
  readonly idle: IdleSource;
}

/**
 * A reactor on a page, or in a worker: turns by `requestAnimationFrame`, and by messages between two frames and in workers without frames;
 * wakeups by `setTimeout` (B1 to B3). What happens to the page are system events: {@link PageEvents}.
 *
 * A page that goes away for good shuts it down with `{ kind: 'pagehide' }`, in the middle of that event: each phase waits only for promises
 * that settle within a few promise jobs (C32). A page that is kept for coming back does not: it is suspended, and the same reactor runs on
 * (B9). A page may also just be gone, without any event (B13): save what must last when it is `hidden`.
 *
 * Importing and constructing it does nothing, anywhere; `run()` throws `HostMissingError` where there is neither page nor worker (B14).
 *
 * @example
 * const reactor = new BrowserReactor();
 * reactor.on('hidden', () => reactor.send('/drafts', editor.value));
 * reactor.onFrame(({ time }) => draw(time));
 * void reactor.run();
 */
export class BrowserReactor<E extends object = AnyEvents> extends ReactorBase<E, PageEvents> {
  readonly #hostParts: HostParts | undefined;
  readonly #missing: string;
  readonly #frames: FrameSource;
  readonly #frameLoop: FrameLoop;
  readonly #wakeups: WakeupSource;
  readonly #guards: LeaveGuards = new LeaveGuards();
  readonly #startAt: StartAt;
  readonly #whenHidden: WhenHidden;
  #isHidden = false;
  #report: (error: unknown, source: ErrorSource) => void = () => undefined;

  /**
   * Throws `TypeError` and `RangeError` for options that are wrong, also for an unknown key. `own`: the names of the options that a subclass
   * adds (C65).
   */
  constructor(given: BrowserReactorOptions = {}, own: readonly string[] = []) {
    const ownOptions = [...OWN_OPTIONS, ...own];
    const options = takeReactorOptions(given, ownOptions, 'BrowserReactor');
    const { host: replacement, messageWindowMs = 20, whenHidden = 'throttle', startAt = 'interactive' } = options;
    checkMilliseconds(messageWindowMs, 'messageWindowMs is');
    checkOneOf('whenHidden', whenHidden, WHEN_HIDDEN);
    checkOneOf('startAt', startAt, START_AT);
    super(options, ownOptions);
    const host = takeBrowserHost(replacement);
    this.#missing = missingFrom(replacement);
    const now = (): number => this.now();
    const delay = (ms: number, callback: () => void): (() => void) => super.setWakeup(ms, callback);
    this.#startAt = startAt;
    this.#whenHidden = whenHidden;
    this.#frames = new FrameSource({ host, now, delay, stallMs: stallMsOf(messageWindowMs) });
    const report = (error: unknown, source: ErrorSource): void => {
      this.#report(error, source);
    };
    this.#frameLoop = new FrameLoop({
      frames: this.#frames,
      now,
      isRunning: () => this.running && this.state !== 'starting',
      report,
    });
    this.#wakeups = new WakeupSource({ now, delay });
    const turns = host && new TurnSource({ host, frames: this.#frames, now, delay, messageWindowMs });
    this.#hostParts = turns && { host, turns, idle: new IdleSource({ host, report }) };
    // In a frame the turn comes first: what it has changed is what is drawn.
    for (const taker of [turns, this.#frameLoop]) if (taker !== undefined) this.#frames.add(taker);
  }

  /**
   * Calls back in each animation frame while the reactor runs and the page is seen (B4): from the end of startup to the end of `before
   * shutdown`. One that is registered earlier is called from the end of startup on. A function is the same as `{ render }`. Where the host
   * has no frames it is never called.
   *
   * Returns a handle that ends the calls, also from inside of a frame. Throws `TypeError` or `RangeError` for arguments that are wrong.
   *
   * @example
   * reactor.onFrame({ update: step, render: ({ alpha }) => draw(alpha) }, { fixedStep: 1000 / 60 });
   */
  onFrame(callback: FrameCallback | FramePhases, options?: FrameOptions): PageHandle {
    return this.#frameLoop.add(callback, options);
  }

  /**
   * Takes frames from another source than the window (B26): a WebXR session, a popup, a test. A frame that is requested already is
   * requested from the new source instead. The next `delta` is 0, since the timestamps of another source have another origin. Such a source
   * gives frames while the page is hidden, too.
   *
   * Frames come from the window again when the source ends (the events `end` and `pagehide`, a closed window, a session that has ended), when
   * the handle is removed, and after the run. Throws `TypeError` for a source without `requestAnimationFrame`.
   *
   * @example
   * const session = await navigator.xr.requestSession('immersive-vr');
   * reactor.useFrames(session);
   */
  useFrames(source: FrameGiver): PageHandle {
    if (typeof (source as FrameGiver | undefined | null)?.requestAnimationFrame !== 'function')
      throw new TypeError('useFrames() needs a source with requestAnimationFrame: a window, or a WebXR session');
    return this.#frames.use(source);
  }

  /**
   * Calls `fn` once when the page is idle: outside of turns, by `requestIdleCallback` (B24). `left` tells the milliseconds until the page may
   * need the time itself. While the reactor doesn't run, and in a page that is hidden with `whenHidden: 'pause'`, it waits. What `fn` throws is
   * reported. Returns a function that cancels it; undefined where the browser doesn't tell when it is idle (Safari). For long work:
   * `cooperate(reactor, iterator, { priority: 'idle' })`, which uses it.
   */
  callWhenIdle(fn: (left: () => number) => void): (() => void) | undefined {
    if (typeof fn !== 'function') throw new TypeError(`The function for callWhenIdle is ${typeof fn}: pass a function`);
    return this.#hostParts?.idle.request(fn);
  }

  /**
   * Registers a function that is asked when the user is about to leave: `true` has the browser ask whether to stay (B10). The page has a
   * listener for `beforeunload` while there is a guard and the reactor runs, so remove it as soon as there is nothing to lose. Browsers ask
   * only after the user has done something on the page. If it throws, the error is reported and the user is not asked. In a worker it is
   * never asked.
   *
   * @example
   * const guard = reactor.addLeaveGuard(() => editor.isDirty);
   */
  addLeaveGuard(guard: () => boolean): PageHandle {
    return this.#guards.add(guard);
  }

  /**
   * Sends a POST request that goes on when the page is gone; its answer is ignored (B12). It uses `navigator.sendBeacon`, in workers `fetch`
   * with `keepalive`. Returns `false` if it was refused: the bodies of all such requests under way may have 64 KiB together; in a
   * worker they are counted here (B17). Legal in every state, and in each phase of a page that goes away. Throws `HostMissingError` where
   * there is neither page nor worker, and what `sendBeacon` throws: `TypeError` for what is no URL.
   */
  send(url: string, body?: Blob | string | ArrayBuffer | ArrayBufferView): boolean {
    return sendBeacon(this.#presentHost().host, url, body);
  }

  /** As `run` of every reactor; `startup` is fired once the page is loaded as far as `startAt` says. Throws `HostMissingError` too. */
  override run(options?: { readonly signal?: AbortSignalLike }): Promise<RunResult> {
    const result = super.run(options);
    // Frame callbacks, and the policy for hidden pages, begin when the start is over, which nothing else tells.
    void this.startupReport?.then(() => {
      this.#setPace();
      this.#frames.update();
    });
    return result;
  }

  /** By the next animation frame, or a message where that may come first; while the page is hidden as `whenHidden` says (B1 to B3, B5). Throws `HostMissingError`. */
  protected override requestTurn(turn: () => void): () => void {
    return this.#presentHost().turns.request(turn);
  }

  /** By the host record's `setTimeout`; while the page is hidden as `whenHidden` says (B5). */
  protected override setWakeup(ms: number, turn: () => void): () => void {
    return this.#wakeups.request(ms, turn);
  }

  /** Hears what happens to the page. Throws `HostMissingError`, which is what `run()` throws. */
  protected override attachHost(control: HostControl): Disposable {
    const { host, turns, idle } = this.#presentHost();
    const { window, document, worker } = host;
    this.#report = control.report;
    const hear = (change: PageChange): void => {
      this.#hear(change, control);
    };
    const held: Disposable[] = [this.#guards.attach(window, control.report)];
    if (window !== undefined && document !== undefined) {
      held.push(watchPage({ window, document }, hear));
      held.push(whenLoaded(document, this.#startAt, control));
    } else if (worker !== undefined) held.push(hearBridge(worker, hear));
    this.#setHidden(isHidden(document));
    this.signal.addEventListener('abort', () => {
      this.#setPace();
    });
    return {
      [dispose]: () => {
        for (const one of held) one[dispose]();
        turns.release();
        this.#wakeups.release();
        this.#frames.useOwn();
        // A reactor that does not run still checks limits (C22): its wakeups must be neither slowed nor held back.
        this.#setHidden(false);
        idle.setOpen(false);
      },
    };
  }

  #hear({ type, persisted, terminal }: PageChange, control: HostControl): void {
    if (type === 'hidden' || type === 'visible') this.#setHidden(type === 'hidden');
    else this.#setPace();
    // A prerendered page is visible just before its startup: that is no event.
    if (type === 'visible' && this.state === 'starting' && isPrerendering(this.#presentHost().host.document)) return;
    if (type === 'shutdown') control.fire(type, { kind: 'pagehide' }, { terminal });
    else {
      const undoes = type === 'visible' ? 'hidden' : type === 'hidden' ? 'visible' : undefined;
      control.fire(type, { persisted }, { terminal, undoes });
    }
  }

  #setHidden(hidden: boolean): void {
    this.#isHidden = hidden;
    this.#frames.setHidden(hidden);
    this.#frameLoop.reset();
    this.#setPace();
  }

  /** The page or the reactor has changed its state: sets how turns and wakeups come from now on. */
  #setPace(): void {
    // Starting and stopping need their turns: the page may never be shown again.
    const pace = !this.#isHidden ? 'visible' : this.state === 'running' ? this.#whenHidden : 'run';
    this.#hostParts?.turns.setPace(pace);
    this.#hostParts?.idle.setOpen(pace !== 'pause');
    this.#wakeups.setPace(pace);
  }

  #presentHost(): HostParts {
    if (this.#hostParts !== undefined) return this.#hostParts;
    throw new HostMissingError(
      `A BrowserReactor runs on a page or in a worker, and this is neither (no ${this.#missing}): use the reactor of this host, or pass { host }`,
    );
  }
}

/** How long a requested frame may take, in milliseconds: ten times the message window, at least 200 and at most 1 000 (B16). */
function stallMsOf(messageWindowMs: number): number {
  return Math.min(Math.max(10 * messageWindowMs, 200), 1_000);
}

/** The same as `new BrowserReactor(options)`. */
export function createBrowserReactor<E extends object = AnyEvents>(options?: BrowserReactorOptions): BrowserReactor<E> {
  return new BrowserReactor(options);
}
