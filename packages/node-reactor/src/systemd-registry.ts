import type { FiringReport, HostAbortSignal, ReactorState, PendingItem } from '@triphase/core';
import type { NodeHost } from './node-host.ts';

/** What {@link Systemd} needs of a reactor. */
export interface NotifyingReactor {
  readonly state: ReactorState;
  readonly signal: HostAbortSignal;
  readonly startupReport: Promise<FiringReport> | undefined;
  pending(): readonly PendingItem[];
  callSoon(fn: () => void): void;
}

/** One run of a reactor, in the service that systemd knows. */
export interface SystemdMember extends Disposable {
  /** Calls `fireAll`, which fires the event `reload`; systemd hears of it before the first trigger runs, and when all is over. */
  reload(fireAll: () => Promise<unknown>): Promise<void>;
}

/**
 * This process as a service of systemd (N19). Several copies of this package in one process share it, perhaps of several versions: keep
 * the names and types of its methods.
 */
export interface Systemd {
  /** A run begins; `deadline`: that of shutdown, in milliseconds. */
  join(reactor: NotifyingReactor, deadline: number): SystemdMember;
}

/** Where it is kept: on the process. */
export const SYSTEMD: unique symbol = Symbol.for('triphase.systemd');

export type SystemdRegistry = NodeJS.Process & { [SYSTEMD]?: Systemd };

/** Lets a run speak to systemd with the other runs of this process; undefined where systemd does not listen. */
export function joinSystemd(
  { process }: NodeHost,
  reactor: NotifyingReactor,
  deadline: number,
): SystemdMember | undefined {
  return (process as SystemdRegistry)[SYSTEMD]?.join(reactor, deadline);
}
