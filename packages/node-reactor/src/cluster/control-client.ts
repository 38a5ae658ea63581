import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { controlPath } from './control-path.ts';
import type { ControlAnswer } from './control-server.ts';
import { ControlError } from './errors.ts';

/**
 * Asks the primary with this process id to reload, and waits until that is over (H3). `ok` is false if a worker has failed; `text` is the
 * report, for a terminal. Rejects with {@link ControlError} if there is no such primary, or if it ends without an answer.
 *
 * @example
 * const { ok, text } = await reloadCluster(1234);
 */
export async function reloadCluster(pid: number): Promise<ControlAnswer> {
  const path = controlPath(pid, userOf(pid));
  const fail = (why: string): ControlError =>
    new ControlError(`The primary ${String(pid)} cannot be reached at ${path}: ${why}`);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path, () => {
      socket.write('reload\n');
    });
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      reject(fail(remedyOf(error)));
    });
    socket.on('close', () => {
      const answer = read(text);
      if (answer === undefined) reject(fail('it has closed the connection without an answer; see what it has printed'));
      else resolve(answer);
    });
  });
}

function remedyOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ECONNREFUSED')
    return 'give the process id of a program that called runCluster() and has started';
  if (code === 'EACCES' || code === 'EPERM')
    return `only the user who runs it may control it (${message}): run the command as that user, or as root`;
  return message;
}

function read(text: string): ControlAnswer | undefined {
  try {
    return JSON.parse(text) as ControlAnswer; // as: what our own server writes
  } catch {
    return undefined;
  }
}

/** Root may reload what another user runs. */
function userOf(pid: number): number | undefined {
  const own = process.getuid?.();
  if (own === undefined) return undefined;
  try {
    return statSync(`/proc/${String(pid)}`).uid;
  } catch {
    return own; // no /proc here, or no such process
  }
}
