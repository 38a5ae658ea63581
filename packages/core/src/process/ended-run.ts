import type { Logger, PendingItem, RunResult } from '@triphase/core';
import { wantsEnd } from './end-wanted.ts';
import { setupStatus, signalStatus, statusOf, TIMED_OUT } from './exit-status.ts';
import type { Output } from './output.ts';
import { describeWaiting } from './pending-lines.ts';
import type { Ended } from './process-end.ts';
import type { ProcessHost } from './process-host.ts';
import type { ProcessLifeOptions, ReactorHandle } from './reactor-handle.ts';
import type { RunOutput } from './run-output.ts';
import type { SignalOwner } from './signal-owner.ts';

/** How long a process may take to end by itself after its run. Milliseconds. */
const NATURAL_END_MS = 1_000;
/** The same for a script whose output nobody reads any more. Milliseconds. */
const QUIET_END_MS = 200;

/** What the end of the process depends on, besides the result of the run. */
export interface RunHistory {
  readonly host: ProcessHost;
  readonly owner: SignalOwner;
  readonly options: ProcessLifeOptions;
  readonly reactor: ReactorHandle;
  readonly output: RunOutput;
  /** Whether this run decides how the process ends. */
  readonly ownsProcess: boolean;
  /** When stopping began, on the host's clock; undefined if a crash ended the run before. */
  readonly stoppedAt: number | undefined;
  /** The exit status of the signal that escalated the stop. */
  readonly escalated: number | undefined;
  /** The setup that was under way when the start was over. */
  readonly cutSetup: PendingItem | undefined;
  /** Something from outside wants the process to end, not only the run. */
  readonly isEndWanted: boolean;
}

/** A run is over: how its process ends (N11). Prints what no report says: that a crash has cut the stop, or a limit `setup`. */
export function endedRun(result: RunResult, run: RunHistory): Ended {
  const { host, options, reactor, output, ownsProcess, stoppedAt, escalated } = run;
  const { exitCode, exit, forceExit } = options;
  const { logger, program } = reactor;
  const { reason, startup, shutdown } = result;
  const isCrash = reason.kind === 'crash';
  if (isCrash && stoppedAt !== undefined && ownsProcess)
    output.say('crash() has cut the stop: its other phases are not run');
  sayCutSetup(result, run);
  // A crash doesn't end the program: the reactor may be run again. But if it cuts a stop, that stop was to end it.
  const decides = ownsProcess && (!isCrash || stoppedAt !== undefined);
  const isForced =
    forceExit ?? (run.isEndWanted || escalated !== undefined || wantsEnd(reason.kind, host.platform.isWatched));
  const deadline = escalated === undefined ? (stoppedAt ?? 0) + reactor.deadline : 0;
  const isQuiet = output.isUnread(reason.cause);
  const graceMs = isQuiet ? QUIET_END_MS : NATURAL_END_MS;
  return {
    status: decides && exitCode !== false ? exitStatus(result, run) : undefined,
    signal: decides && exit === 'signal' ? reason.signal : undefined,
    forceAfter: !decides ? undefined : forceExit === false ? Infinity : isForced ? graceMs : undefined,
    outputUntil: Math.max(host.now() + 2 * NATURAL_END_MS, deadline),
    isEndWanted: decides && isForced,
    mayLeaveParent: decides,
    leftBehind: describeWaiting([...startup.abandoned, ...(shutdown?.abandoned ?? []), ...(program?.waiting() ?? [])]),
    say: isQuiet ? () => undefined : warner(run.owner.output, logger),
  };
}

/** Made in a function of its own: what it returns is kept after the run, so it must not refer to the reactor. */
function warner(output: Output, logger: Logger): (line: string) => void {
  return (line) => {
    output.say(line, 'warn', logger);
  };
}

/** Prints that `setup` was cut by a limit, since no report says it. If a later signal cut it, `escalate` has printed that. */
function sayCutSetup(result: RunResult, { cutSetup, escalated, output }: RunHistory): void {
  if (cutSetup === undefined || setupStatus(result, escalated) !== TIMED_OUT) return;
  const after = `${cutSetup.age.toFixed(0)} ms`;
  output.say(`setup was cut after ${after}: end it when app.signal aborts, or raise limits.shutdown`, 'error');
}

function exitStatus(result: RunResult, { host, owner, options, reactor, escalated, cutSetup }: RunHistory): number {
  const status = statusOf(result, escalated);
  const { program } = reactor;
  if (program === undefined) return status;
  if (status === 0 && cutSetup !== undefined) return setupStatus(result, escalated);
  if (status > 0 || program.interruptedBy === undefined || options.exit === 'signal') return status;
  return owner.hasForeignStatus ? status : signalStatus(host, program.interruptedBy);
}
