import type { StopReason } from '@triphase/core';
import { signalStatus } from './exit-status.ts';
import { ForcedEnd } from './forced-end.ts';
import type { NodeHost } from './node-host.ts';

/** A repeat within this is the terminal's or npm's doubling, not a second wish. Milliseconds. */
const DOUBLED_MS = 200;

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

/** How a reactor's run ended, for the end of the process. */
export interface Ended {
  /** Undefined leaves the exit status alone. */
  readonly status: number | undefined;
  /** The true signal to end with, where the program wants that. */
  readonly signal: string | undefined;
  /** Milliseconds after which a process that something still holds is ended; undefined never. */
  readonly forceAfter: number | undefined;
}

/** What is listened for on the process, once, for all reactors that want it. */
interface Ear {
  readonly listener: (argument: unknown) => void;
  readonly members: Set<Owned>;
}

/**
 * The one owner of a process's signals and exit status (N6): every reactor of the process hears each signal, and the process ends when the
 * last of them is done.
 */
export class SignalOwner {
  readonly #host: NodeHost;
  readonly #members: Set<Owned> = new Set();
  /** Those that have heard a signal: the next one escalates them. */
  readonly #warned: Set<Owned> = new Set();
  readonly #ears: Map<string, Ear> = new Map();
  #signals = 0;
  #heardAt = -Infinity;
  #status = 0;
  #forcedEnd: ForcedEnd | undefined;

  constructor(host: NodeHost) {
    this.#host = host;
  }

  /** Listens for this reactor until it is released. Throws for a signal that nobody can listen to, such as `SIGKILL`; then nothing is held. */
  adopt(member: Owned): void {
    this.#forcedEnd?.cancel();
    this.#members.add(member);
    try {
      for (const signal of member.signals) {
        this.#listen(member, signal, () => {
          this.#onSignal(signal);
        });
      }
      if (member.signals.length > 0 && this.#host.process.send !== undefined) {
        this.#listen(member, 'message', (message) => {
          if (message === 'shutdown') this.#onSignal('SIGINT'); // what PM2 says where there are no signals
        });
      }
      if (member.uncaught) {
        for (const [event, origin] of UNCAUGHT) {
          this.#listen(member, event, (error) => {
            this.#onUncaught(error, origin);
          });
        }
      }
    } catch (error) {
      this.release(member);
      throw error;
    }
  }

  /** Our listeners go, but for those that another reactor has too; foreign ones stay as they are. */
  release(member: Owned): void {
    this.#members.delete(member);
    this.#warned.delete(member);
    for (const [event, { listener, members }] of this.#ears) {
      if (!members.delete(member) || members.size > 0) continue;
      this.#host.process.off(event, listener);
      this.#ears.delete(event);
    }
  }

  /** A run is over. The worst status of all reactors stands; the process may be ended when the last one is done. */
  ended({ status, signal, forceAfter }: Ended): void {
    const { process } = this.#host;
    if (status !== undefined) {
      this.#status = Math.max(this.#status, status);
      if (this.#status > 0 || process.exitCode === undefined) process.exitCode = this.#status;
    }
    if (this.#members.size > 0) return;
    this.#signals = 0;
    if (signal !== undefined && this.#status === 0) endBySignal(process, signal);
    if (forceAfter !== undefined) this.#forcedEnd = new ForcedEnd(this.#host, forceAfter);
  }

  #listen(member: Owned, event: string, listener: (argument: unknown) => void): void {
    let ear = this.#ears.get(event);
    if (ear === undefined) {
      this.#host.process.on(event, listener);
      ear = { listener, members: new Set() };
      this.#ears.set(event, ear);
    }
    ear.members.add(member);
  }

  /** The first stops, a later one escalates, a third ends the process at once (N5). */
  #onSignal(signal: string): void {
    const now = this.#host.now();
    if (now - this.#heardAt < DOUBLED_MS) return;
    this.#heardAt = now;
    if (++this.#signals > 2) this.#host.process.exit(signalStatus(signal));
    for (const member of [...this.#members]) {
      if (!member.signals.includes(signal)) continue;
      if (this.#warned.has(member)) member.escalate(signal);
      else {
        this.#warned.add(member);
        member.stop({ kind: 'signal', signal });
      }
    }
  }

  /** Told once, by the first reactor that listens; all of them stop (N11). */
  #onUncaught(error: unknown, origin: string): void {
    const members = [...this.#members].filter(({ uncaught }) => uncaught);
    members[0]?.report(error, origin);
    this.#status = Math.max(this.#status, 1);
    for (const member of members) member.stop({ kind: 'uncaught', cause: error });
  }
}

const UNCAUGHT = [
  ['uncaughtException', 'uncaught exception'],
  ['unhandledRejection', 'unhandled rejection'],
] as const;

/** In an `exit` listener, so that nothing that is still to be written is cut; as PID 1 the signal has no effect and the status stands (N11). */
function endBySignal(process: NodeJS.Process, signal: string): void {
  process.exitCode = signalStatus(signal);
  process.once('exit', () => {
    process.kill(process.pid, signal);
  });
}

const REGISTRY: symbol = Symbol.for('triphase.host');

/** The owner of this process: the same for every reactor, and for a second copy of this package (N6). */
export function signalOwner(host: NodeHost): SignalOwner {
  const registry = host.process as NodeJS.Process & Record<symbol, SignalOwner | undefined>; // as: this is where it is kept
  return (registry[REGISTRY] ??= new SignalOwner(host));
}
