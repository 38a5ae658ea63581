import { background, sleep, type RestartOptions, type Service } from '@triphase/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ChildOptions {
  readonly needs?: readonly Service[];
  /** Milliseconds from SIGTERM to SIGKILL. Default 5,000. */
  readonly grace?: number;
  readonly restart?: boolean | RestartOptions;
}

/**
 * A child process as a service. It leads a process group, which has all processes that it starts. A stop sends SIGTERM to the group, and
 * SIGKILL to the processes that still run after `grace` milliseconds. If the child ends by itself, the service has failed. For Linux and
 * macOS.
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
      await Promise.race([once(child, 'spawn'), exit]); // rejects if there is no such program
      ready();
      try {
        await Promise.race([exit, stopped]);
        if (!signal.aborted) throw new Error(`${command} ended with ${String(child.exitCode ?? child.signalCode)}`);
        sendToGroup(child.pid, 'SIGTERM');
        const end = clock.now() + grace;
        while (sendToGroup(child.pid, 0) && clock.now() < end) await sleep(clock, 50, { signal: cut });
      } finally {
        sendToGroup(child.pid, 'SIGKILL');
      }
    },
    { needs, restart, manualReady: true, timeout: { stop: grace + 1_000 } },
  );
}

/** Returns false if nobody is left in the group. The signal 0 only asks. */
function sendToGroup(leader: number | undefined, signal: NodeJS.Signals | 0): boolean {
  try {
    return leader !== undefined && process.kill(-leader, signal);
  } catch {
    return false;
  }
}
