import { isStopRejection, sleep } from '@triphase/core';
import type { HostControl, PendingItem, ReactorBase, StopReason } from '@triphase/core';
import { describeWaiting } from './pending-lines.ts';
import type { Program, ProgramLife } from './program.ts';

/** The exit status of Node when nothing is left to run, but the program still awaits a promise. */
const UNSETTLED = 13;

/** How long a stop waits for `main` when nobody reads its output any more. Milliseconds. */
const UNREAD_MS = 200;

/** `runMain`: the run ends with `main`, and a stop from outside waits for it (N24). */
export class MainProgram implements Program {
  /** {@inheritDoc Program.keepsAlive} */
  readonly keepsAlive = false;
  /** {@inheritDoc Program.isService} */
  readonly isService = false;
  readonly #reactor: ReactorBase;
  readonly #main: () => unknown;
  readonly #name: string;
  #control: HostControl | undefined;
  #life: ProgramLife | undefined;
  #settled: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;
  #isTriggerCalled = false;
  /** The trigger of `before shutdown` waits for `main`. */
  #isAwaited = false;
  #wasLoopEmpty = false;
  #isStalled = false;
  #interruptedBy: string | undefined;

  constructor(reactor: ReactorBase, main: () => unknown, name: string) {
    this.#reactor = reactor;
    this.#main = main;
    this.#name = name;
    reactor.callWhenRunning(() => {
      this.#settled = this.#run();
    });
    reactor.once('shutdown', { before: ({ detail }) => this.#wait(detail) }, { name });
  }

  /** {@inheritDoc Program.interruptedBy} */
  get interruptedBy(): string | undefined {
    return this.#interruptedBy;
  }

  /** Nothing: `main` is waited for by a trigger of shutdown, which is in the reactor's own list. */
  waiting(): readonly PendingItem[] {
    return [];
  }

  /** {@inheritDoc Program.attach} */
  attach(control: HostControl, life: ProgramLife): void {
    this.#control = control;
    this.#life = life;
  }

  /** {@inheritDoc Program.begin} */
  begin(): void {
    const { signal } = this.#reactor;
    const onStop = (): void => {
      const reason = signal.reason as StopReason; // as: the signal of a reactor aborts with nothing else
      if (!this.#isOver && this.#waitsFor(reason)) this.#control?.endSleeps();
    };
    if (signal.aborted) onStop();
    else signal.addEventListener('abort', onStop);
  }

  /** {@inheritDoc Program.onSignal} */
  onSignal(signal: string): void {
    if (!this.#isOver) this.#interruptedBy ??= signal;
  }

  /** {@inheritDoc Program.stalled} */
  stalled(): void {
    if (this.#isStalled) return;
    // Another listener of the same event may still give the loop work. So this makes one more turn: if the event comes again, the loop is
    // empty for good.
    if (!this.#wasLoopEmpty) {
      this.#wasLoopEmpty = true;
      this.#reactor.callSoon(() => undefined);
      return;
    }
    this.#isStalled = true;
    const pending = this.#isOver ? [] : [this.#name];
    const others = describeWaiting(this.#reactor.pending().filter(({ name }) => name !== this.#name));
    if (others !== '') pending.push(others);
    const setsStatus = this.#life?.failed(UNSETTLED) === true;
    const end = setsStatus ? `; ending with status ${String(UNSETTLED)}` : '';
    this.#life?.say(`nothing is left to run, but not settled: ${pending.join(', ')}${end}`);
    const reason = { kind: 'main-stalled' };
    if (this.#reactor.state === 'running') this.#control?.stop(reason);
    else this.#control?.escalate(reason);
  }

  async #run(): Promise<void> {
    const { signal } = this.#reactor;
    try {
      await this.#main();
    } catch (error) {
      if (this.#life?.isOutputError(error) === true) this.#control?.stop({ kind: 'uncaught', cause: error });
      else if (!signal.aborted || !isStopRejection(error, signal.reason)) this.#failure = { error };
    }
    this.#isOver = true;
    if (this.#isAwaited) return;
    if (this.#failure === undefined) this.#control?.stop({ kind: 'main-ended' });
    else if (this.#isLate) this.#failLate(this.#failure.error);
    else this.#control?.stop({ kind: 'main-ended', cause: this.#failure.error });
  }

  /** Its trigger has been called, or never will be. */
  get #isLate(): boolean {
    const { state } = this.#reactor;
    return this.#isTriggerCalled || state === 'idle' || state === 'stopped';
  }

  /**
   * Whether a stop waits for `main`: if it came from outside. Not if the program called `stop()` itself: `main` may be the one that awaits
   * it.
   */
  #waitsFor(reason: StopReason): boolean {
    return this.#life?.isFromOutside(reason) === true && !this.#isStalled;
  }

  /** The trigger of `before shutdown`: what `main` throws is its error, so it is in the result, on the error path and in the exit status. */
  #wait(reason: StopReason): Promise<void> | undefined {
    this.#isTriggerCalled = true;
    if (this.#waitsFor(reason)) return this.#waitForMain(reason);
    if (this.#failure !== undefined) throw this.#failure.error;
    return undefined;
  }

  async #waitForMain(reason: StopReason): Promise<void> {
    this.#isAwaited = true;
    // A `main` that goes on writing when nobody reads its output may never notice the stop, so it gets little time (N23).
    const isUnread = this.#life?.isOutputError(reason.cause) === true;
    await Promise.race([this.#settled, ...(isUnread ? [sleep(this.#reactor, UNREAD_MS)] : [])]);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** `main` has failed after its trigger was called: reports the error here. */
  #failLate(error: unknown): void {
    this.#reactor.report(error, { kind: 'call', name: this.#name });
    this.#life?.failed();
  }
}
