import { isStopRejection, sleep } from '@triphase/core';
import type { HostControl, PendingItem, ReactorBase, StopReason } from '@triphase/core';
import { describeWaiting } from './pending-lines.ts';
import type { Program, ProgramLife } from './program.ts';

/** What Node ends with when nothing is left that could settle what the program awaits. */
const UNSETTLED = 13;

/** How long a stop waits for `main` when the reader of its output has gone away. Milliseconds. */
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
  #isCalled = false;
  /** Its trigger waits for it. */
  #isAwaited = false;
  #wasEmpty = false;
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

  /** It is a trigger of shutdown, which the reactor itself names. */
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
    // Somebody else may give the loop work in the same event: it is empty for good when this comes again.
    if (!this.#wasEmpty) {
      this.#wasEmpty = true;
      this.#reactor.callSoon(() => undefined);
      return;
    }
    this.#isStalled = true;
    const pending = this.#isOver ? [] : [this.#name];
    const others = describeWaiting(this.#reactor.pending().filter(({ name }) => name !== this.#name));
    if (others !== '') pending.push(others);
    const decides = this.#life?.failed(UNSETTLED) === true;
    const end = decides ? `; ending with status ${String(UNSETTLED)}` : '';
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
      if (this.#life?.isOfOutput(error) === true) this.#control?.stop({ kind: 'uncaught', cause: error });
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
    return this.#isCalled || state === 'idle' || state === 'stopped';
  }

  /** Not where the program's own `stop()` began it: `main` may be what waits for that. */
  #waitsFor(reason: StopReason): boolean {
    return this.#life?.isFromOutside(reason) === true && !this.#isStalled;
  }

  /** The trigger of `before shutdown`: what `main` throws is its error, so it is in the result, on the error path and in the exit status. */
  #wait(reason: StopReason): Promise<void> | undefined {
    this.#isCalled = true;
    if (this.#waitsFor(reason)) return this.#waitForMain(reason);
    if (this.#failure !== undefined) throw this.#failure.error;
    return undefined;
  }

  async #waitForMain(reason: StopReason): Promise<void> {
    this.#isAwaited = true;
    // One that writes on, though nobody reads it, may never hear of the stop (N23).
    const isUnread = this.#life?.isOfOutput(reason.cause) === true;
    await Promise.race([this.#settled, ...(isUnread ? [sleep(this.#reactor, UNREAD_MS)] : [])]);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Too late for the trigger. */
  #failLate(error: unknown): void {
    this.#reactor.report(error, { kind: 'call', name: this.#name });
    this.#life?.failed();
  }
}
