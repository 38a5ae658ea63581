import { spawn } from 'node:child_process';

/** Of the groups that are to end with this process. */
const leaders = new Set();

process.once('exit', () => {
  for (const pid of leaders) endGroup(pid);
});

/** Starts a program that leads a process group of its own: what it starts ends with it. */
export function spawnGroup(program, args, options) {
  const child = spawn(program, args, { ...options, detached: true });
  child.once('error', () => undefined); // It never started: whoever waits for a word of it hears that it is closed.
  if (child.pid !== undefined) adoptGroup(child.pid);
  return child;
}

/** Ends the group of this leader when this process ends. */
export function adoptGroup(pid) {
  leaders.add(pid);
}

/** Ends a leader and all that it has started, whatever they are doing. */
export function endGroup(pid) {
  leaders.delete(pid);
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // It has ended by itself.
  }
}
