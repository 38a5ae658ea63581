import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join, relative } from 'node:path';

/**
 * Lets only one process use a folder: two processes that write the same database files would destroy them. The lock is a listening socket,
 * which the operating system closes when the process ends, even by SIGKILL. A lock file would stay.
 */
export class FolderLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws Error if another process has the lock */
  static async acquire(folder: string): Promise<FolderLock> {
    const path = socketPath(folder);
    const server = createServer((socket) => socket.destroy());
    server.unref();
    try {
      await listen(server, path);
    } catch (error) {
      if (!isAddressInUse(error)) throw error;
      if (await isHeld(path))
        throw new Error(`${folder} is in use by another process; stop it or choose another DATA_DIR`);
      // A process that was killed has left this file.
      await rm(path, { force: true });
      await listen(server, path);
    }
    return new FolderLock(server);
  }

  async release(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** The relative path if that is shorter, since the path of a socket has a limit of about 100 characters. A named pipe on Windows. */
function socketPath(folder: string): string {
  if (process.platform === 'win32') return `\\\\?\\pipe\\ledger-${createHash('sha256').update(folder).digest('hex')}`;
  const path = join(folder, 'lock.sock');
  const shorter = relative('', path);
  return shorter.length < path.length ? shorter : path;
}

async function listen(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
}

async function isHeld(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
