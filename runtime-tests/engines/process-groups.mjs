/** Programs in process groups of their own, so that all of their processes end with this one. */
import { spawn } from 'node:child_process';

/** The process ids of the leaders whose groups end with this process. */
const leaders = new Set();

process.once('exit', () => {
  for (const pid of leaders) endGroup(pid);
});

/** Starts a program as the leader of a process group of its own. */
export function spawnGroup(program, args, options) {
  const child = spawn(program, args, { ...options, detached: true });
  child.once('error', () => undefined); // It did not start. Its streams close, which tells those that wait for output.
  if (child.pid !== undefined) adoptGroup(child.pid);
  return child;
}

/** Ends the group of this leader when this process ends. */
export function adoptGroup(pid) {
  leaders.add(pid);
}

/** Kills all processes of the group. */
export function endGroup(pid) {
  leaders.delete(pid);
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // ESRCH: the group has ended by itself.
  }
}
