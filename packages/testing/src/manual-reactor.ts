import { ReactorBase } from '@triphase/core';
import type { AnyEvents, FiringReport, ReactorOptions, RunResult, StopReason, Waiting } from '@triphase/core';
import { nextMacrotask } from './host-globals.ts';
import { RunawayError } from './runaway-error.ts';

/** Options of {@link ManualReactor}. */
export interface ManualReactorOptions extends ReactorOptions {
  /** Time moves on by itself, from deadline to deadline, whenever nothing else can happen; default `false`. */
  readonly autojump?: boolean;
}

/** Options of {@link ManualReactor.flush} and {@link ManualReactor.flushAsync}. */
export interface FlushOptions {
  /** Turns after which the program counts as one that never comes to rest; default 10 000. */
  readonly maxTurns?: number;
}

const MAX_TURNS = 10_000;

/**
 * A reactor whose time is virtual and whose turns are made by its own methods, for tests (C49); Twisted's `task.Clock` and
 * `MemoryReactorClock` in one. Its clock begins at 0 and moves only by these methods, milliseconds.
 *
 * `advance` and `flush` run turns on a reactor that was not started, too: what asks for no more than a `Clock` is tested with
 * `new ManualReactor()` alone. Called from inside a turn they throw `ReentrantTurnError`.
 *
 * The methods that return a promise let promise jobs settle between turns: each time they wait for a macrotask of the real host, so an
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
  #now = 0;
  #turn: (() => void) | undefined;
  #wakeup: { readonly at: number; readonly turn: () => void } | undefined;
  #jumping = false;
  #onWork: (() => void) | undefined;

  constructor(options: ManualReactorOptions = {}) {
    super(options);
    this.#autojump = options.autojump ?? false;
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
   * startup that was cut short. Rejects with `RunawayError` after 10 000 turns, naming what was still pending.
   */
  async start(): Promise<FiringReport> {
    const ended = this.run();
    // Heard by whoever drives the end; a failed start must not be an unhandled rejection meanwhile.
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
   * with `RunawayError` after 10 000 turns.
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
   * Throws `RangeError` unless `ms` is finite and not negative, `RunawayError` when time stands still for 10 000 turns.
   */
  advance(ms: number): void {
    const end = this.#endOf(ms);
    const patience = new Patience(this);
    while (this.#turnAndMoveOn(end)) patience.spendAt(this.#now);
    this.#now = end;
  }

  /** As `advance`, and promise jobs settle before each turn and after the last. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#endOf(ms);
    const patience = new Patience(this);
    while (await this.#settleTurnAndMoveOn(end)) patience.spendAt(this.#now);
    this.#now = end;
  }

  /**
   * Runs turns, and moves the clock on to each deadline, until nothing is left to run: no queued call, and no timed call but those that
   * are never due. Throws `RunawayError` when that takes more than `maxTurns` turns; its culprit is the call that would be next.
   */
  flush({ maxTurns = MAX_TURNS }: FlushOptions = {}): void {
    const patience = new Patience(this, maxTurns);
    while (this.#turnAndMoveOn(Infinity)) patience.spend();
  }

  /** As `flush`, and promise jobs settle before each turn and after the last. */
  async flushAsync({ maxTurns = MAX_TURNS }: FlushOptions = {}): Promise<void> {
    const patience = new Patience(this, maxTurns);
    while (await this.#settleTurnAndMoveOn(Infinity)) patience.spend();
  }

  #endOf(ms: number): number {
    if (ms >= 0 && ms < Infinity) return this.#now + ms;
    throw new RangeError(`cannot advance by ${ms} ms: give a finite number that is not negative, or use flush()`);
  }

  /** One turn, then on to the next deadline. `false`: nothing is left to do until `end`. */
  #turnAndMoveOn(end: number): boolean {
    const wasIdle = this.#isIdle();
    const wait = this.iterate();
    // After crash() what is left waits for the next run (C31).
    if (!wasIdle && this.#isIdle()) return false;
    if (wait === Infinity || this.#now + wait > end) return false;
    this.#now += wait;
    return true;
  }

  #isIdle(): boolean {
    return this.state === 'idle';
  }

  async #settleTurnAndMoveOn(end: number): Promise<boolean> {
    await nextMacrotask();
    const before = this.stats();
    const movedOn = this.#turnAndMoveOn(end);
    const { calls, timedCalls } = this.stats();
    // What the last calls resolved may ask for more.
    return movedOn || calls > before.calls || timedCalls > before.timedCalls;
  }

  /** What a host does: the turn that was asked for, else the wakeup at its time. `false` when neither is. */
  #giveTurn(): boolean {
    const turn = this.#turn;
    const wakeup = this.#wakeup;
    if (turn !== undefined) {
      this.#turn = undefined;
      turn();
    } else if (wakeup !== undefined) {
      this.#wakeup = undefined;
      this.#now = Math.max(this.#now, wakeup.at);
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
      else await Promise.race([settled, this.#workNoticed()]);
    }
  }

  #workNoticed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onWork = resolve;
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

/** How long a program may go on without coming to rest. */
class Patience {
  readonly #reactor: ReactorBase;
  readonly #maxTurns: number;
  readonly #blamed: readonly Waiting['kind'][];
  #turns = 0;
  #at = NaN;

  /** `blamed`: the kinds of what is waiting that are named before others. */
  constructor(reactor: ReactorBase, maxTurns: number = MAX_TURNS, blamed: readonly Waiting['kind'][] = ['call']) {
    this.#reactor = reactor;
    this.#maxTurns = maxTurns;
    this.#blamed = blamed;
  }

  /** One more turn. */
  spend(): void {
    if (++this.#turns <= this.#maxTurns) return;
    const culprit = this.#culprit()?.name ?? 'nothing that pending() lists';
    throw new RunawayError(
      `not at rest after ${this.#maxTurns} turns because of ${culprit}: end it first, or advance() by the time that is to pass`,
      culprit,
    );
  }

  /** One more turn, counted from the last time that time moved on. */
  spendAt(now: number): void {
    if (now !== this.#at) this.#turns = 0;
    this.#at = now;
    this.spend();
  }

  #culprit(): Waiting | undefined {
    const waiting = this.#reactor.pending();
    return (
      waiting.find(({ kind }) => this.#blamed.includes(kind)) ??
      waiting.find(({ kind }) => kind === 'call' || kind === 'timed-call')
    );
  }
}

function ignore(): void {
  // Whoever awaits the promise itself hears of it.
}
