import { ReactorBase, boundLimits, checkKeys, checkMilliseconds, takeReactorOptions } from '@triphase/core';
import type { AnyEvents, FiringReport, ReactorOptions, RunResult, StopReason } from '@triphase/core';
import { nextMacrotask, realTimeout } from './host-globals.ts';
import { MAX_TURNS, Patience } from './patience.ts';
import { RestDetector, Rounds } from './rounds.ts';
import { seededRandom } from './seeded-random.ts';

/** Options of {@link ManualReactor}. */
export interface ManualReactorOptions extends ReactorOptions {
  /** Time moves on by itself, from deadline to deadline, whenever nothing else can happen; default `false`. */
  readonly autojump?: boolean;
  /**
   * Milliseconds of real time that `start()` and `finish()` wait for the outside world while the reactor itself has nothing to do. Then
   * they reject with `RunawayError`. Default 4 000, less than a test may take by default; `Infinity` waits for ever.
   */
  readonly patienceMs?: number;
  /** What `wallNow()` returns at first, milliseconds since 1970; default 0. It moves with the virtual time (C55). */
  readonly wallStart?: number;
  /** Any number: `random()` gives the same numbers for the same seed. Default 1 (C55). */
  readonly seed?: number;
}

/** Options of {@link ManualReactor.flush} and {@link ManualReactor.flushAsync}. */
export interface FlushOptions {
  /** Turns after which the program counts as one that never comes to rest; default 10 000. */
  readonly maxTurns?: number;
}

/** Turns at one moment of virtual time; from then on, until the program rests, each turn takes a millisecond. */
const MAX_ROUNDS = 1_000;
const BUSY_STEP_MS = 1;

/**
 * A reactor whose time is virtual and whose turns are made by its own methods, for tests (C49); Twisted's `task.Clock` and
 * `MemoryReactorClock` in one. Its clock counts milliseconds from 0, and moves only by these methods.
 *
 * `advance` and `flush` run turns on a reactor that was not started, too: code that needs no more than a `Clock` is tested with `new
 * ManualReactor()` alone. Called from inside a turn they throw `ReentrantTurnError`.
 *
 * The methods that return a promise let promise jobs settle after each turn: each time they wait for a macrotask of the real host, so an
 * `async` function gets as far as it can, however many awaits it has. What waits for the outside world (a file, a socket) is not
 * waited for: virtual time overtakes it.
 *
 * @example
 * const reactor = new ManualReactor();
 * await reactor.start();
 * reactor.callLater(5_000, () => console.log('five seconds later'));
 * reactor.advance(5_000);
 * await reactor.finish();
 */
export class ManualReactor<E extends object = AnyEvents> extends ReactorBase<E> {
  readonly #autojump: boolean;
  readonly #maxBatch: number;
  readonly #patienceMs: number;
  #now = 0;
  /** The virtual time at which stopping began; set when time first moves after that, undefined until then. */
  #stoppedAt: number | undefined;
  #turn: (() => void) | undefined;
  #wakeup: { readonly at: number; readonly turn: () => void } | undefined;
  #jumping = false;
  #onWork: (() => void) | undefined;

  /**
   * Throws `TypeError` and `RangeError` for options that are wrong, also for an unknown key. `own`: the names of the options that a subclass
   * adds (C65).
   */
  constructor(given: ManualReactorOptions = {}, own: readonly string[] = []) {
    const ownOptions = ['autojump', 'patienceMs', 'wallStart', 'seed', ...own];
    const options = takeReactorOptions(given, ownOptions, 'ManualReactor');
    const { patienceMs = 4_000, wallStart = 0, seed = 1 } = options;
    checkMilliseconds(patienceMs, 'patienceMs is');
    checkMilliseconds(wallStart, 'wallStart is');
    if (!Number.isFinite(seed)) throw new TypeError(`seed is ${String(seed)}: give a number`);
    const current: { reactor: ManualReactor | undefined } = { reactor: undefined };
    const { shutdown: limits, ...otherLimits } = options.limits ?? {};
    const shutdown = boundLimits(limits, {
      sinceStop: () => (current.reactor === undefined ? 0 : current.reactor.#sinceStop()),
      leadTime: () => current.reactor?.leadTime ?? 0,
    });
    const host = {
      wallNow: () => wallStart + (current.reactor === undefined ? 0 : current.reactor.#now),
      random: seededRandom(seed),
      ...options.host,
    };
    super({ ...options, host, limits: { ...otherLimits, ...(shutdown !== undefined && { shutdown }) } }, ownOptions);
    current.reactor = this;
    this.#autojump = options.autojump ?? false;
    this.#maxBatch = options.maxBatch ?? 1_000;
    this.#patienceMs = patienceMs;
  }

  /** Keeps the turn: `start()`, `finish()` and `autojump` give it, the other methods make turns of their own. */
  protected override requestTurn(turn: () => void): () => void {
    this.#turn = turn;
    this.#noticeWork();
    return () => {
      if (this.#turn === turn) this.#turn = undefined;
    };
  }

  /** Keeps the wakeup, at its virtual time: no real timer is set. */
  protected override setWakeup(ms: number, turn: () => void): () => void {
    const wakeup = { at: this.#now + ms, turn };
    this.#wakeup = wakeup;
    this.#noticeWork();
    return () => {
      if (this.#wakeup === wakeup) this.#wakeup = undefined;
    };
  }

  /** Milliseconds of virtual time, 0 at first. */
  protected override hostNow(): number {
    return this.#now;
  }

  /**
   * `run()`, and startup driven to its end: resolves with its report once the reactor is running.
   *
   * Startup may use the clock: while nothing else can happen, virtual time moves on to the next deadline. A start that fails or is
   * stopped is driven on to the end of its shutdown; then this rejects with `StartupFailedError`, or resolves with the report of the
   * startup that was cut short. Rejects with `RunawayError`, which names what is pending, after 10 000 turns, or when nothing has happened
   * for `patienceMs` of real time.
   */
  async start(): Promise<FiringReport> {
    const ended = this.run();
    // `finish()` gives the error; until then a failed start must not be an unhandled rejection.
    ended.catch(ignore);
    const startup = this.startupReport;
    if (startup !== undefined) await this.#driveUntil(startup);
    if (startup !== undefined && this.state === 'running') return startup;
    await this.#driveUntil(ended);
    return (await ended).startup;
  }

  /**
   * `stop(reason)`, and shutdown driven to its end: resolves with the result of the run.
   *
   * Shutdown may use the clock, as in `start()`; a start that is under way is stopped (C29). On a reactor that has stopped it is the
   * result of its run. Rejects with `ReactorNotRunningError` when it was not started, with `StartupFailedError` when its start failed,
   * with `RunawayError` as `start()` does.
   */
  async finish(reason?: StopReason): Promise<RunResult> {
    const ended = this.stop(reason);
    await this.#driveUntil(ended);
    return ended;
  }

  /**
   * Moves the clock on by `ms`, halting at each deadline on the way to run what is due; what is made on the way and due by its end
   * runs too. Promise jobs do not run in between: for that there is `advanceAsync`.
   *
   * `advance(0)` runs what is queued and due by now, once. Where calls make new calls without end, as `every(clock, 0)` does, time does
   * not stand still for ever: after 1 000 turns at one moment each further turn takes a millisecond, until the program rests.
   *
   * Throws `TypeError` for what is no number, `RangeError` for what is negative or not finite.
   */
  advance(ms: number): void {
    const end = this.#endOf(ms);
    const rounds = this.#rounds(ms);
    for (const wasIdle = this.#isIdle(); ;) {
      const wait = this.iterate();
      if (!wasIdle && this.#isIdle()) break; // crash(): what is left waits for the next run (C31)
      if (wait === 0 && rounds.mayGoOn()) continue;
      if (!this.#moveOn(wait, end)) break;
      rounds.begin(wait > 0);
    }
    this.#moveTo(end);
  }

  /**
   * As `advance`, and promise jobs settle after each turn: time moves on to the next deadline only when a turn and the promise jobs after
   * it have changed nothing. So code after `await sleep(reactor, 5)` runs at its time.
   */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#endOf(ms);
    const rounds = this.#rounds(ms);
    const rest = new RestDetector(this);
    for (const wasIdle = this.#isIdle(); ;) {
      await nextMacrotask();
      if (!wasIdle && this.#isIdle()) break;
      const wait = this.iterate();
      const isAtRest = rest.isReached(wait);
      if (!isAtRest && rounds.mayGoOn()) continue;
      if (!isAtRest) await nextMacrotask();
      if (!this.#moveOn(isAtRest ? wait : 0, end)) break;
      rounds.begin(isAtRest);
    }
    this.#moveTo(end);
  }

  /**
   * Runs turns, and moves the clock on to each deadline, until nothing is left to run: no queued call, and no timed call but those that
   * are never due. Throws `RunawayError` when that takes more than `maxTurns` turns; its culprit is the call that would be next.
   */
  flush(options: FlushOptions = {}): void {
    const patience = new Patience(this, maxTurnsOf(options));
    for (const wasIdle = this.#isIdle(); ;) {
      const wait = this.iterate();
      if (!wasIdle && this.#isIdle()) return;
      if (wait > 0 && !this.#moveOn(wait, Infinity)) return;
      patience.spend();
    }
  }

  /** As `flush`, and promise jobs settle after each turn, before the clock moves on. */
  async flushAsync(options: FlushOptions = {}): Promise<void> {
    const patience = new Patience(this, maxTurnsOf(options));
    const rest = new RestDetector(this);
    for (const wasIdle = this.#isIdle(); ;) {
      await nextMacrotask();
      if (!wasIdle && this.#isIdle()) return;
      const wait = this.iterate();
      if (!rest.isReached(wait)) patience.spend();
      else if (!this.#moveOn(wait, Infinity)) return;
    }
  }

  #endOf(ms: number): number {
    checkMilliseconds(ms, 'The time to advance by is');
    if (ms < Infinity) return this.#now + ms;
    throw new RangeError('cannot advance by Infinity ms: give a finite number, or use flush()');
  }

  #rounds(ms: number): Rounds {
    return new Rounds(this, ms === 0 ? 1 : MAX_ROUNDS, this.#maxBatch);
  }

  /** Moves the clock to the next deadline; by a step if more is due at once. Returns `false` if that would be after `end`. */
  #moveOn(wait: number, end: number): boolean {
    if (wait === Infinity || this.#now + wait > end || this.#now === end) return false;
    this.#moveTo(wait > 0 ? this.#now + wait : Math.min(this.#now + BUSY_STEP_MS, end));
    return true;
  }

  /** Nothing else moves time. So a stop that is first seen here has begun at the time before this move. */
  #moveTo(time: number): void {
    if (this.state !== 'stopping') this.#stoppedAt = undefined;
    else this.#stoppedAt ??= this.#now;
    this.#now = time;
  }

  #sinceStop(): number {
    return this.#stoppedAt === undefined ? 0 : this.#now - this.#stoppedAt;
  }

  #isIdle(): boolean {
    return this.state === 'idle';
  }

  /** Does what a host does: gives the turn that was asked for, else the wakeup at its time. Returns `false` if neither was asked for. */
  #giveTurn(): boolean {
    const turn = this.#turn;
    const wakeup = this.#wakeup;
    if (turn !== undefined) {
      this.#turn = undefined;
      turn();
    } else if (wakeup !== undefined) {
      this.#wakeup = undefined;
      this.#moveTo(Math.max(this.#now, wakeup.at));
      wakeup.turn();
    }
    return turn !== undefined || wakeup !== undefined;
  }

  async #driveUntil(goal: Promise<unknown>): Promise<void> {
    const patience = new Patience(this, MAX_TURNS, ['trigger', 'service', 'work']);
    const reached = { goal: false };
    const settled = goal.then(ignore, ignore).then(() => {
      reached.goal = true;
    });
    for (;;) {
      await nextMacrotask();
      if (reached.goal) return;
      // With autojump turns are given anyway.
      if (!this.#autojump && this.#giveTurn()) patience.spend();
      else if (!(await this.#happens(settled))) throw patience.stalled(this.#patienceMs);
    }
  }

  /** Waits for work, or for the goal; `false` when neither has come in time. */
  #happens(settled: Promise<void>): Promise<boolean> {
    return new Promise((resolve) => {
      const happened = (): void => {
        cancel();
        resolve(true);
      };
      const cancel = realTimeout(this.#patienceMs, () => {
        resolve(false);
      });
      this.#onWork = happened;
      void settled.then(happened);
    });
  }

  #noticeWork(): void {
    this.#onWork?.();
    if (this.#autojump && !this.#jumping) void this.#jump();
  }

  async #jump(): Promise<void> {
    this.#jumping = true;
    do await nextMacrotask();
    while (this.#giveTurn());
    this.#jumping = false;
  }
}

function maxTurnsOf(options: FlushOptions): number {
  checkKeys(options, ['maxTurns'], 'flush()');
  const { maxTurns = MAX_TURNS } = options;
  if (typeof maxTurns !== 'number') throw new TypeError(`maxTurns is a ${typeof maxTurns}: give a number`);
  return maxTurns;
}

function ignore(): void {
  // Whoever awaits the promise itself hears of it.
}
