import type { StopReason } from '@triphase/core';
import { signalStatus } from './exit-status.ts';
import type { NodeHost } from './node-host.ts';
import { Output } from './output.ts';
import { ProcessEnd, type Ended } from './process-end.ts';

/** A repeat within this is the terminal's or npm's doubling, not a second wish. Milliseconds. */
const DOUBLED_MS = 200;

/** What a process tells of errors that nobody caught, in words. */
const UNCAUGHT = { uncaughtException: 'uncaught exception', unhandledRejection: 'unhandled rejection' } as const;

/** One reactor, as the owner of the process's signals sees it. Two copies of the package meet here: what is in it stays. */
export interface Owned {
  readonly signals: readonly string[];
  /** It hears of uncaught exceptions and unhandled rejections. */
  readonly uncaught: boolean;
  stop(reason: StopReason): void;
  /** Prints what it cuts, then escalates. */
  escalate(signal: string): void;
  report(error: unknown, origin: string): void;
}

/** What is listened for on the process, once, for all reactors that want it. */
interface Ear {
  readonly listener: (argument: unknown) => void;
  readonly members: Set<Owned>;
}

/**
 * The one owner of a process's signals and of its end (N6): every reactor hears the signals that it owns, and the process ends when the
 * last of them is done.
 */
export class SignalOwner {
  /** What they print (N23). */
  readonly output: Output;
  readonly #host: NodeHost;
  readonly #end: ProcessEnd;
  readonly #members: Set<Owned> = new Set();
  readonly #ears: Map<string, Ear> = new Map();
  /** Those that have heard a signal and are still stopping: the next one escalates them. */
  readonly #warned: Set<Owned> = new Set();
  /** Wishes that the process ends, as long as any of those is there. */
  #wishes = 0;
  #heardAt = -Infinity;

  constructor(host: NodeHost) {
    this.#host = host;
    this.#end = new ProcessEnd(host);
    this.output = new Output(host, () => {
      this.#end.fail();
    });
  }

  /** Listens for this reactor until it is released. Throws for a signal that nobody can listen to, such as `SIGKILL`; then nothing is held. */
  adopt(member: Owned): void {
    const { signals, uncaught } = member;
    try {
      for (const signal of signals) this.#listen(member, signal, (members) => this.#onSignal(signal, members));
      if (signals.length > 0 && this.#host.process.send !== undefined) {
        this.#listen(member, 'message', (members, message) => {
          if (message === 'shutdown') this.#onSignal('SIGINT', members); // what PM2 says where there are no signals
        });
      }
      if (uncaught) {
        for (const [event, origin] of Object.entries(UNCAUGHT))
          this.#listen(member, event, (members, error) => this.#onUncaught(error, origin, members));
      }
    } catch (error) {
      this.#unlisten(member);
      throw error;
    }
    if (this.#members.size === 0) this.output.begin();
    this.#members.add(member);
    this.#end.hold();
  }

  /** Our listeners go, but for those that another reactor has too; foreign ones stay as they are. */
  release(member: Owned): void {
    this.#unlisten(member);
    this.#members.delete(member);
    this.#warned.delete(member);
    if (this.#warned.size === 0) this.#wishes = 0;
  }

  /** A run is over. The process may be ended when the last one is. */
  ended(ended: Ended): void {
    this.#end.add(ended);
    if (this.#members.size === 0) this.#end.begin((line) => ended.say(line));
  }

  #listen(member: Owned, event: string, hear: (members: readonly Owned[], argument: unknown) => void): void {
    let ear = this.#ears.get(event);
    if (ear === undefined) {
      const members: Set<Owned> = new Set();
      ear = { members, listener: (argument) => hear([...members], argument) };
      this.#host.process.on(event, ear.listener);
      this.#ears.set(event, ear);
    }
    ear.members.add(member);
  }

  #unlisten(member: Owned): void {
    for (const [event, { listener, members }] of this.#ears) {
      if (!members.delete(member) || members.size > 0) continue;
      this.#host.process.off(event, listener);
      this.#ears.delete(event);
    }
  }

  /** The first stops, a later one escalates, a third ends the process at once (N5). A reactor that is new hears its first, whichever it is. */
  #onSignal(signal: string, members: readonly Owned[]): void {
    const now = this.#host.now();
    const isDoubled = this.#warned.size > 0 && now - this.#heardAt < DOUBLED_MS;
    if (!isDoubled) {
      this.#heardAt = now;
      if (++this.#wishes > 2) this.#host.process.exit(signalStatus(signal));
    }
    const known = members.filter((member) => this.#warned.has(member));
    for (const member of members) {
      if (known.includes(member)) continue;
      this.#warned.add(member);
      member.stop({ kind: 'signal', signal });
    }
    // Last: one that escalates is over at once, and is warned no longer.
    if (!isDoubled) for (const member of known) member.escalate(signal);
  }

  /** Told once, by the first reactor that listens; all of them stop (N11). */
  #onUncaught(error: unknown, origin: string, members: readonly Owned[]): void {
    this.#end.fail();
    this.output.report(error, origin, (name) => members[0]?.report(error, name));
    for (const member of members) member.stop({ kind: 'uncaught', cause: error });
  }
}

const REGISTRY: symbol = Symbol.for('triphase.host');

/** The owner of this process: the same for every reactor, and for a second copy of this package (N6). */
export function signalOwner(host: NodeHost): SignalOwner {
  const registry = host.process as NodeJS.Process & Record<symbol, SignalOwner | undefined>; // as: this is where it is kept
  return (registry[REGISTRY] ??= new SignalOwner(host));
}
