import { WRITTEN } from './plan.ts';

/** What a process must, or may, have printed. */
interface Due {
  /** Somebody's `process.exit()` has cut something (N22). */
  readonly isCut: boolean;
  /** A second signal has cut the stop (N5). */
  readonly isEscalated: boolean;
  /** A reader has gone away: what was printed after that is not known (N23). */
  readonly isBroken: boolean;
}

/** What is wrong with what it has printed: a line that is missing, that came again, or that nobody expects. */
export function checkPrinted({ stdout, stderr }: { stdout: string; stderr: string }, due: Due): string[] {
  if (due.isBroken) return [];
  const lines = `${stdout}${stderr}`.replaceAll(WRITTEN, '').split('\n');
  const kinds = [
    { pattern: /^the process exits while the reactor is /, least: due.isCut ? 1 : 0, most: due.isCut ? 1 : 0 },
    { pattern: /^SIG\w+ again: not waiting any longer for /, least: due.isEscalated ? 1 : 0, most: due.isEscalated ? 1 : 0 },
    { pattern: /^still (starting|waiting for): /, least: 0, most: Infinity },
    // What the second signal has cut may still be under way.
    { pattern: /^the run has ended, but something still holds the process: /, least: 0, most: due.isEscalated ? 1 : 0 },
  ];
  const unknown = lines.filter((line) => line !== '' && !kinds.some(({ pattern }) => pattern.test(line)));
  const wrong = unknown.length === 0 ? [] : [`N11: it printed ${unknown.join('\n')}`];
  for (const { pattern, least, most } of kinds) {
    const count = lines.filter((line) => pattern.test(line)).length;
    if (count < least || count > most) wrong.push(`N5, N11, N22: ${String(count)} lines of ${String(pattern)}`);
  }
  return wrong;
}
