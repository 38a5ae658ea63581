import type { TakenDenoHost } from './take-deno-host.ts';

/** The signals that mean the process is to stop (N4). In a worker there are none: its end is not that of the process. */
export function defaultSignals({ Deno, isWorker }: TakenDenoHost): readonly string[] {
  if (isWorker) return [];
  return [Deno.build.os === 'windows' ? 'SIGBREAK' : 'SIGTERM', 'SIGINT', 'SIGHUP']; // Deno refuses SIGTERM on Windows
}
