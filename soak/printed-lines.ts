/** Kind `process`: checks what a planned process has printed. */
import { WRITTEN, type Stream } from './plan.ts';

/** The facts about a process that decide which lines it must print. */
interface Due {
  /** Other code called `process.exit()` before the program had ended (N22). */
  readonly isCut: boolean;
  /** A second signal has escalated the stop (N5). */
  readonly isEscalated: boolean;
  /** Streams whose reader has closed them: text that is printed there is lost (N23). */
  readonly closed: ReadonlySet<Stream>;
  /** A write has failed. */
  readonly isBroken: boolean;
  /** A script doesn't report a failed write (N23). */
  readonly isScript: boolean;
  readonly logger: 'console' | 'stdout';
}

/** Returns a message for each fault of the output: lines that are missing, repeated or unknown. */
export function checkPrinted({ stdout, stderr }: Readonly<Record<Stream, string>>, due: Due): string[] {
  const { closed, isBroken, isCut, isEscalated, isScript, logger } = due;
  const isLogLost = closed.has('stderr') && (logger === 'console' || closed.has('stdout'));
  // `mayBeLost`: the line isn't required.
  const times = (
    happened: boolean,
    mayBeLost = closed.size > 0,
  ): { readonly least: number; readonly most: number } => ({
    least: happened && !mayBeLost ? 1 : 0,
    most: happened ? 1 : 0,
  });
  const kinds = [
    { pattern: /^the process exits while the reactor is /, ...times(isCut) },
    { pattern: /^SIG\w+ again: not waiting any longer for /, ...times(isEscalated) },
    { pattern: /^std(out|err) cannot be written to /, ...times(isBroken && !isScript, isLogLost) },
    { pattern: /^still (starting|waiting for): /, least: 0, most: Infinity },
    // Calls that the second signal has abandoned may still be pending.
    { pattern: /^the run has ended, but something still holds the process: /, ...times(isEscalated, true) },
  ];
  const lines = `${stdout}${stderr}`.replaceAll(WRITTEN, '').split('\n');
  const unknown = lines.filter((line) => line !== '' && !kinds.some(({ pattern }) => pattern.test(line)));
  const wrong = unknown.length === 0 ? [] : [`N11: it printed ${unknown.join('\n')}`];
  for (const { pattern, least, most } of kinds) {
    const count = lines.filter((line) => pattern.test(line)).length;
    if (count < least || count > most) wrong.push(`N5, N11, N22, N23: ${String(count)} lines of ${String(pattern)}`);
  }
  return wrong;
}
