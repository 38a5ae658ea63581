import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the primary with this process id listens for commands: a socket in a folder that only its user may enter. On Windows a named pipe,
 * which has no such protection.
 */
export function controlPath(pid: number, uid: number | undefined): string {
  if (uid === undefined) return `\\\\.\\pipe\\triphase-${String(pid)}`;
  return join(controlFolder(uid), `${String(pid)}.sock`);
}

/** The folder of all control sockets of a user. */
export function controlFolder(uid: number): string {
  return join(tmpdir(), `triphase-${String(uid)}`);
}
