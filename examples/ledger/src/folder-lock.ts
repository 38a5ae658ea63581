import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join, relative } from 'node:path';

/**
 * Keeps a folder to one process: two that write the same database files ruin them. The lock is a listening socket, which the
 * operating system takes back when its process dies, whatever the way; a lock file would outlive a SIGKILL.
 */
export class FolderLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws Error when another process holds the folder */
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
      // Left by a process that was killed.
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

/** The shorter way to say it: the operating system takes about a hundred characters. Windows has no such files, but pipes. */
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
