import type { HostAbortSignal, Logger, ReactorState, StopReason } from '@triphase/core';
import { describeWaiting, LONGEST_TIMEOUT, unref } from '@triphase/core/process';
import { builtin } from './builtin.ts';
import type { NodeHost } from './node-host.ts';
import { NotifyProgram } from './notify-program.ts';
import {
  SYSTEMD,
  type NotifyingReactor,
  type Systemd,
  type SystemdMember,
  type SystemdRegistry,
} from './systemd-registry.ts';

/** How often a stop that goes on asks for more time, how much it asks for, and what is left for the end of the process. Milliseconds. */
const EXTEND_EVERY_MS = 5_000;
const EXTEND_BY_MS = 15_000;
const AFTER_DEADLINE_MS = 5_000;

/** What systemd was told last; `nothing` outside of a run. */
type Told = 'nothing' | 'ready' | 'reloading' | 'stopping';

/** One run of a reactor, in the service that systemd knows. */
class RunUnderSystemd implements SystemdMember {
  readonly reactor: NotifyingReactor;
  /** When its stop is over at the latest, on the host's clock. */
  stopsBy = 0;
  isReloading = false;
  readonly #service: SystemdService;
  readonly #signal: HostAbortSignal;
  readonly #onAbort: () => void;

  /** `deadline`: that of shutdown, in milliseconds. */
  constructor(service: SystemdService, reactor: NotifyingReactor, deadline: number) {
    this.reactor = reactor;
    this.#service = service;
    this.#signal = reactor.signal;
    const onAbort = (): void => {
      this.stopsBy = service.now() + deadline;
      service.update();
    };
    this.#onAbort = onAbort;
    this.#signal.addEventListener('abort', this.#onAbort);
    void reactor.startupReport?.then(() => {
      service.update();
    });
  }

  /** Calls `fireAll`, which fires the event `reload`; systemd hears of it before the first trigger runs, and when all is over. */
  async reload(fireAll: () => Promise<unknown>): Promise<void> {
    this.isReloading = true;
    this.#service.update();
    await fireAll();
    this.isReloading = false;
    this.#service.update();
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#service.leave(this);
  }
}

/**
 * This process as a service of systemd (N19). Its reactors speak with one voice: ready once none of them is starting, stopping once all
 * of them are.
 */
class SystemdService implements Systemd {
  readonly members: Set<RunUnderSystemd> = new Set();
  readonly #host: NodeHost;
  readonly #program: NotifyProgram;
  /** How often systemd wants to hear of us; milliseconds, undefined for never. */
  readonly #beatMs: number | undefined;
  #told: Told = 'nothing';
  #beat: unknown;
  /** A call that sends a beat is queued, and has not run yet. */
  #isBeatQueued = false;
  #extension: unknown;

  /** Takes what systemd has left in the environment, so that no child speaks for this process. */
  constructor(host: NodeHost, logger: Logger) {
    const { env } = host.process;
    this.#host = host;
    this.#beatMs = beatOf(host.process);
    const { NOTIFY_SOCKET, PATH } = env;
    this.#program = new NotifyProgram({ NOTIFY_SOCKET, PATH }, (line) => {
      try {
        logger.warn(line);
      } catch {
        host.console.warn(line);
      }
    });
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) Reflect.deleteProperty(env, name);
  }

  join(reactor: NotifyingReactor, deadline: number): SystemdMember {
    const member = new RunUnderSystemd(this, reactor, deadline);
    this.members.add(member);
    this.#program.open();
    return member;
  }

  now(): number {
    return this.#host.now();
  }

  /** Tells systemd the state that the reactors of this process have together, if it has changed. */
  update(): void {
    if (this.members.size === 0) return; // called for the startup of a run that has crashed
    const next = this.#next([...this.members].map(({ reactor }) => reactor.state));
    if (next === this.#told) return;
    this.#told = next;
    this.#host.clearTimeout(this.#extension);
    if (next === 'ready') this.#program.send({ READY: '1' });
    else if (next === 'reloading')
      this.#program.send({ RELOADING: '1', MONOTONIC_USEC: monotonic(this.#host.process) });
    else if (next === 'stopping') this.#tellStop(true);
    if (this.#beat === undefined) this.#armBeat();
  }

  leave(member: RunUnderSystemd): void {
    this.members.delete(member);
    this.#isBeatQueued = false; // the call that was to send the beat may never run
    if (this.members.size > 0) {
      this.update();
      return;
    }
    this.#program.close();
    this.#told = 'nothing';
    this.#host.clearTimeout(this.#beat);
    this.#host.clearTimeout(this.#extension);
    this.#beat = undefined;
  }

  #next(states: readonly ReactorState[]): Told {
    if (states.every((state) => state === 'stopping')) return 'stopping';
    if (states.includes('starting')) return this.#told;
    const isReloading = [...this.members].some((member) => member.isReloading);
    // Ready comes first, also when a reload had begun before.
    return isReloading && this.#told !== 'nothing' ? 'reloading' : 'ready';
  }

  /** Asks for the time that the stop may still take by its own deadline, a part at a time: a thread that is blocked asks no more. */
  #tellStop(isFirst: boolean): void {
    const members = [...this.members];
    const left = Math.max(...members.map(({ stopsBy }) => stopsBy)) - this.now();
    const ms = Math.min(EXTEND_BY_MS, left + AFTER_DEADLINE_MS);
    const waiting = describeWaiting(members.flatMap(({ reactor }) => reactor.pending()));
    this.#program.send({
      ...(isFirst && { STOPPING: '1' }),
      // Without a deadline of ours it is systemd's that must end the stop.
      ...(left !== Infinity && ms > 0 && { EXTEND_TIMEOUT_USEC: String(Math.ceil(ms * 1_000)) }),
      STATUS: isFirst
        ? `stopping: ${whyOf(members[0]?.reactor.signal)}`
        : `stopping, waiting for ${waiting || 'the end'}`,
    });
    this.#extension = this.#after(EXTEND_EVERY_MS, () => {
      this.#tellStop(false);
    });
  }

  /** A beat is sent from a turn of the reactor: not while something blocks the thread, nor when its calls are no longer run. */
  #armBeat(): void {
    const ms = this.#beatMs;
    if (ms === undefined || this.#told === 'nothing') return;
    this.#beat = this.#after(ms, () => {
      const [member] = this.members;
      if (!this.#isBeatQueued) {
        this.#isBeatQueued = true;
        member?.reactor.callSoon(() => {
          this.#isBeatQueued = false;
          // A beat that waits behind other messages would come late, when this process may be blocked.
          if (this.#told !== 'nothing' && this.#program.isIdle) this.#program.send({ WATCHDOG: '1' });
        });
      }
      this.#armBeat();
    });
  }

  /** A timer that does not keep the process alive. */
  #after(ms: number, fn: () => void): unknown {
    return unref(this.#host.setTimeout(fn, ms));
  }
}

/**
 * Lets the reactors of this process speak to systemd, where that has started it with `NOTIFY_SOCKET` (N19). Not in a thread or a worker of a cluster, which are parts of a service.
 */
export function openSystemd(host: NodeHost, logger: Logger): void {
  const { process } = host;
  // A fake process is not the one that systemd knows; on Deno each variable that is read needs a permission.
  if (process !== globalThis.process || process.versions['deno'] !== undefined) return;
  const registry: SystemdRegistry = process;
  if (registry[SYSTEMD] !== undefined || !process.env['NOTIFY_SOCKET']) return;
  if (!builtin('worker_threads').isMainThread || builtin('cluster').isWorker) return;
  registry[SYSTEMD] = new SystemdService(host, logger);
}

/** Half of the time after which systemd takes this process for dead; undefined where it does not watch it. */
function beatOf({ env, pid }: NodeJS.Process): number | undefined {
  const { WATCHDOG_USEC, WATCHDOG_PID } = env;
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(pid)) return undefined;
  const half = Math.floor(Number(WATCHDOG_USEC) / 2_000);
  return half > 0 ? Math.min(half, LONGEST_TIMEOUT) : undefined;
}

/**
 * The time on the clock of the system, in microseconds, as `Type=notify-reload` wants it. It must not be earlier than the signal that asked
 * for the reload.
 */
function monotonic({ hrtime, versions }: NodeJS.Process): string {
  if (versions['bun'] === undefined) return String(hrtime.bigint() / 1_000n);
  // On Bun that clock begins with the process. This one is rounded down to a hundredth of a second, so a hundredth is added.
  const [uptime] = builtin('fs').readFileSync('/proc/uptime', 'utf8').split(' ');
  return String(Math.round((Number(uptime) + 0.01) * 1_000_000));
}

/** `SIGTERM`, `stop`, `startup-failed`. */
function whyOf(signal: HostAbortSignal | undefined): string {
  const { kind, signal: name } = signal?.reason as StopReason; // as: that of the reactor, which is stopping
  return name ?? kind;
}
