import type { StopReason } from '@triphase/core';
import { signalStatus } from './exit-status.ts';
import type { ProcessHost } from './process-host.ts';
import { exitWhenEmpty } from './exit-when-empty.ts';
import { Output } from './output.ts';
import { ProcessEnd, type Ended } from './process-end.ts';
import { unref } from './unref.ts';

/** If the same signal comes again within this time, a terminal or npm has sent it twice: it counts as one. Milliseconds. */
const DOUBLED_MS = 200;

/** The events of uncaught errors, and how reports name them. */
const UNCAUGHT = { uncaughtException: 'uncaught exception', unhandledRejection: 'unhandled rejection' } as const;

/**
 * One reactor, as the owner of the process's signals sees it. Two copies of this package in one process share such objects, so members are
 * never renamed or removed.
 */
export interface SignalMember {
  readonly signals: readonly string[];
  /** Whether it listens for uncaught exceptions and unhandled rejections. */
  readonly uncaught: boolean;
  /** It stops when the channel to its parent closes. */
  readonly disconnect: boolean;
  stop(reason: StopReason): void;
  /** Prints what it cuts, then escalates. */
  escalate(signal: string): void;
  /** Takes a signal as a wish to reload; `false` where there is nothing to reload (N20). */
  reload(signal: string): boolean;
  report(error: unknown, origin: string): void;
  /**
   * Makes the handler for a write of its run to stdout or stderr that fails after the run. Without `onError`, the handler doesn't keep the
   * reactor in memory.
   */
  lateWriteHandler(): (error: unknown, stream: string) => void;
  /** The process exits: prints what that cuts (N22). Returns `true` if it cuts something and the run sets the exit status. */
  cut(): boolean;
}

/** What is listened for on the process, once, for all reactors that want it. */
interface Subscription {
  readonly listener: (argument: unknown) => void;
  readonly members: Set<SignalMember>;
  readonly isSignal: boolean;
}

/**
 * The one owner of a process's signals and of its end (N6): every reactor gets the signals that it listens for, and the process ends when
 * the last of them is done.
 */
export class SignalOwner {
  /** What they print (N23). */
  readonly output: Output;
  readonly #host: ProcessHost;
  readonly #end: ProcessEnd;
  readonly #members: Set<SignalMember> = new Set();
  readonly #subscriptions: Map<string, Subscription> = new Map();
  /** Those that got a signal and are still stopping: the next one escalates them. */
  readonly #warned: Set<SignalMember> = new Set();
  /** Signals since the first of them was warned, doubled ones left out. */
  #signalCount = 0;
  #lastSignalAt = -Infinity;
  #lastSignal = '';
  /** It ends the process itself. */
  #isExiting = false;
  /** While a doubled signal may still come for a run that is over. */
  #exitWhenEmpty: Disposable | undefined;

  constructor(host: ProcessHost) {
    this.#host = host;
    this.#end = new ProcessEnd(host);
    this.output = new Output(host, () => {
      this.#end.fail(undefined, true);
    });
  }

  /** Listens for this reactor until it is released. Throws for a signal that nobody can listen to, such as `SIGKILL`; then nothing is held. */
  adopt(member: SignalMember): void {
    const { signals, uncaught } = member;
    try {
      for (const signal of signals) this.#listen(member, signal, (members) => this.#onSignal(signal, members), true);
      if (signals.length > 0) this.#listenForTheEnd(member);
      if (uncaught) {
        for (const [event, origin] of Object.entries(UNCAUGHT))
          this.#listen(member, event, (members, error) => this.#onUncaught(error, origin, members));
      }
    } catch (error) {
      this.#unlisten(member);
      throw error;
    }
    if (this.#members.size === 0) {
      this.output.begin();
      this.#end.goOn();
    }
    this.#members.add(member);
    this.#end.hold();
  }

  /** Removes our listeners, except those that another reactor still needs. Listeners of others stay as they are. */
  release(member: SignalMember): void {
    const doubledFor = this.#lastSignalAt + DOUBLED_MS - this.#host.now();
    this.#unlisten(member, doubledFor > 0);
    if (doubledFor > 0) this.#dropEmptyIn(doubledFor);
    this.#members.delete(member);
    if (member.uncaught && this.#members.size === 0) this.output.linger(DOUBLED_MS, member.lateWriteHandler());
    this.#warned.delete(member);
    if (this.#warned.size === 0) this.#signalCount = 0;
  }

  /** Keeps the listeners without members for `ms` milliseconds: a doubled signal that comes after the run must not kill the program (N5). */
  #dropEmptyIn(ms: number): void {
    this.#exitWhenEmpty?.[Symbol.dispose](); // one for all runs (N26)
    this.#exitWhenEmpty = exitWhenEmpty(this.#host, () => !this.#end.isBySignal);
    const drop = (): void => {
      this.#exitWhenEmpty?.[Symbol.dispose]();
      for (const [event, { members }] of this.#subscriptions) if (members.size === 0) this.#drop(event);
    };
    unref(this.#host.setTimeout(drop, ms));
  }

  /** A run is over. The process may be ended when the last one is. */
  ended(ended: Ended): void {
    this.#end.add(ended);
    if (this.#members.size === 0) this.#end.begin((line) => ended.say(line));
  }

  /** The program has set the exit status itself. */
  get hasForeignStatus(): boolean {
    return this.#end.hasForeignStatus;
  }

  /** Something has failed that is in the result of no run: the process ends with `status`, or with a higher one. */
  failed(status?: number): void {
    this.#end.fail(status);
  }

  #listenForTheEnd(member: SignalMember): void {
    const { process, platform } = this.#host;
    this.#listen(member, 'exit', (members, status) => this.#onExit(status as number, members));
    this.#listen(member, 'worker', (_members, worker) => this.#end.holders.add(worker));
    if (process.send === undefined) return;
    this.#listen(member, 'message', (members, message) => {
      if (message === 'shutdown') this.#onSignal('SIGINT', members); // what PM2 says where there are no signals
    });
    if (member.disconnect) {
      this.#listen(member, 'disconnect', (members) => {
        for (const each of members) each.stop({ kind: 'disconnect' });
      });
    }
    platform.outliveParent();
  }

  #listen(
    member: SignalMember,
    event: string,
    hear: (members: readonly SignalMember[], argument: unknown) => void,
    isSignal = false,
  ): void {
    let subscription = this.#subscriptions.get(event);
    if (subscription === undefined) {
      const members: Set<SignalMember> = new Set();
      subscription = { members, listener: (argument) => hear([...members], argument), isSignal };
      this.#host.process.on(event, subscription.listener);
      this.#subscriptions.set(event, subscription);
    }
    subscription.members.add(member);
  }

  #unlisten(member: SignalMember, keepsSignals = false): void {
    for (const [event, { isSignal, members }] of this.#subscriptions) {
      if (members.delete(member) && members.size === 0 && !(isSignal && keepsSignals)) this.#drop(event);
    }
  }

  #drop(event: string): void {
    const subscription = this.#subscriptions.get(event);
    if (subscription !== undefined) this.#host.process.off(event, subscription.listener);
    this.#subscriptions.delete(event);
  }

  /**
   * The first signal stops, a later one escalates, a third ends the process at once (N5). For a reactor that began to run meanwhile, the
   * next signal is its first.
   */
  #onSignal(signal: string, heardBy: readonly SignalMember[]): void {
    const members = heardBy.filter((member) => !member.reload(signal));
    if (members.length === 0) return; // it is a reload, or doubled and the run is over
    const now = this.#host.now();
    // The same signal sent twice, even if the run that got it is over and another one has begun.
    if (signal === this.#lastSignal && now - this.#lastSignalAt < DOUBLED_MS) return;
    // Another signal within that time counts as the same one: it stops the reactors that were not told yet, and escalates none.
    const isDoubled = this.#warned.size > 0 && now - this.#lastSignalAt < DOUBLED_MS;
    if (!isDoubled) {
      this.#lastSignalAt = now;
      this.#lastSignal = signal;
      if (++this.#signalCount > 2) this.#exit(signalStatus(this.#host, signal));
    }
    const known = members.filter((member) => this.#warned.has(member));
    for (const member of members) {
      if (known.includes(member)) continue;
      this.#warned.add(member);
      member.stop({ kind: 'signal', signal });
    }
    // Escalates last: a run that escalates may be over at once, and `release` takes it out of `#warned`.
    if (!isDoubled) for (const member of known) member.escalate(signal);
  }

  #exit(status: number): void {
    this.#isExiting = true;
    this.#host.process.exit(status);
  }

  /** Told once, by the first reactor that listens; all of them stop (N11). */
  #onUncaught(error: unknown, origin: string, members: readonly SignalMember[]): void {
    this.#end.fail(undefined, true);
    this.output.report(error, origin, (name) => members[0]?.report(error, name));
    for (const member of members) member.stop({ kind: 'uncaught', cause: error });
  }

  /** Somebody else ended the process: never with 0 after a stop that was cut (N22). */
  #onExit(status: number, members: readonly SignalMember[]): void {
    if (this.#isExiting) return;
    const cut = members.filter((member) => member.cut());
    if (cut.length > 0) this.#host.process.exitCode = status === 0 ? 1 : status;
  }
}

const REGISTRY: symbol = Symbol.for('triphase.host');

/** The owner of this process: the same for every reactor, and for a second copy of this package (N6). */
export function signalOwner(host: ProcessHost): SignalOwner {
  const registry = (host.platform.registry ?? host.process) as Record<symbol, SignalOwner | undefined>; // as: this is where it is kept
  return (registry[REGISTRY] ??= new SignalOwner(host));
}

/** Something has failed that is in the result of no run: the process ends with this status, or with a higher one. */
export function failProcess(host: ProcessHost, status: number): void {
  signalOwner(host).failed(status);
}
