import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Sends a signal to a process and its children, on Linux. After SIGKILL it resolves when all of them have ended. It stops the parent first, so
 * that the parent starts no more children.
 */
export async function signalFamily(parent: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  if (signal !== 'SIGCONT') process.kill(parent, 'SIGSTOP');
  const children = (await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')).split(' ').filter(Boolean);
  const family = [...children.map(Number), parent];
  for (const pid of family) process.kill(pid, signal);
  if (signal === 'SIGKILL') for (const pid of family) while (await isRunning(pid)) await sleep(10);
}

/** False for a zombie, too: a process that has ended and whose parent has not asked for its status. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    return !(await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z ');
  } catch {
    return false;
  }
}
