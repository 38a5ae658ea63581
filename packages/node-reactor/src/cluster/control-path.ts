import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlError } from './errors.ts';

/** What fits into the address of a socket on each system, in bytes. A longer path would be cut, and be that of another socket. */
const LONGEST_PATH = 103;

/**
 * Where the primary with this process id listens for commands: a socket in a folder that only its user may enter. On Windows a named pipe,
 * which has no such protection. Throws {@link ControlError} for a path that is too long for a socket.
 */
export function controlPath(pid: number, uid: number | undefined): string {
  if (uid === undefined) return `\\\\.\\pipe\\triphase-${String(pid)}`;
  const path = join(controlFolder(uid), `${String(pid)}.sock`);
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw new ControlError(
      `The path ${path} is too long for a socket: set TMPDIR to a shorter one, for the primary and for the command`,
    );
  return path;
}

/** The folder of all control sockets of a user. */
export function controlFolder(uid: number): string {
  return join(tmpdir(), `triphase-${String(uid)}`);
}
