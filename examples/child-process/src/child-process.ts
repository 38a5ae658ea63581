import { background, sleep, type RestartOptions, type Service } from '@triphase/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ChildOptions {
  readonly needs?: readonly Service[];
  /** Milliseconds from SIGTERM to SIGKILL. Defaults to 5,000. */
  readonly grace?: number;
  readonly restart?: boolean | RestartOptions;
}

/**
 * A child process as a service. The child leads a process group, and the processes that it starts belong to the group. A stop sends SIGTERM
 * to the group, and SIGKILL to the processes that still run after `grace` milliseconds. If the child ends by itself, the service fails.
 * Works on Linux and macOS.
 */
export function childProcess(
  name: string,
  command: string,
  args: readonly string[] = [],
  { needs = [], grace = 5_000, restart = false }: ChildOptions = {},
): Service {
  return background(
    name,
    async ({ signal, cut, stopped, clock, ready }) => {
      const child = spawn(command, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
      const exit = once(child, 'exit');
      await Promise.race([once(child, 'spawn'), exit]); // rejects if the command does not exist
      ready();
      try {
        await Promise.race([exit, stopped]);
        if (!signal.aborted) throw new Error(`${command} ended with ${String(child.exitCode ?? child.signalCode)}`);
        sendToGroup(child.pid, 'SIGTERM');
        const deadline = clock.now() + grace;
        while (sendToGroup(child.pid, 0) && clock.now() < deadline) await sleep(clock, 50, { signal: cut });
      } finally {
        sendToGroup(child.pid, 'SIGKILL');
      }
    },
    { needs, restart, manualReady: true, timeout: { stop: grace + 1_000 } },
  );
}

/** Returns false if the group has no process. The signal 0 sends nothing and only checks this. */
function sendToGroup(leaderPid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  try {
    return leaderPid !== undefined && process.kill(-leaderPid, signal);
  } catch {
    return false;
  }
}
