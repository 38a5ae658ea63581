import { cannotListen, hostAndPort, ListenError } from '@triphase/core/serving';
import { Server as NetServer } from 'node:net';
import { isSystemdFd, takeSystemdFd } from './listen-fds.ts';
import type { ServeHttpOptions } from './options.ts';
import { isBunServer, type AnyServer } from './server.ts';

/** Gives the errors of a server to `take`. */
type TakeErrors = (take: (error: NodeJS.ErrnoException) => void) => void;

/** Makes the server listen where the options say. Rejects with {@link ListenError}. */
export async function listen(
  server: AnyServer,
  name: string,
  options: ServeHttpOptions,
  takeErrors: TakeErrors = (take) => void server.once('error', take),
): Promise<void> {
  const { port, path, fd, hostname, open } = options;
  if (server.listening) return;
  if (open !== undefined) {
    await openIt(open, name);
    if (isListening(server)) return;
    throw new ListenError(
      `Service "${name}": open() is done, but this server does not listen: pass the server that the framework listens with, and name one address`,
    );
  }
  const ownFd = isSystemdFd(fd) ? takeSystemdFd(name, fd) : fd;
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off('listening', resolve);
      reject(explain(error, name, options));
    };
    server.once('listening', resolve);
    takeErrors(onError);
    // Only the keys that are given: with `port: undefined` Node takes any free port.
    if (ownFd !== undefined) server.listen({ fd: ownFd });
    else if (path !== undefined) server.listen({ path });
    else server.listen({ ...(port !== undefined && { port }), ...(hostname !== undefined && { host: hostname }) });
  });
}

/** Calls `open`. Where a framework fails to listen, Node's own error becomes a `ListenError`. */
async function openIt(open: () => unknown, name: string): Promise<void> {
  try {
    await open();
  } catch (error) {
    const { syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }; // as: read as they come
    if (syscall !== 'listen') throw error;
    throw explain(error as NodeJS.ErrnoException, name, {
      // as: an error of listening
      ...(port === undefined ? { path: address ?? '' } : { port, ...(address !== undefined && { hostname: address }) }),
    });
  }
}

/** A function, since TypeScript takes `listening` for unchanged across an await. */
function isListening(server: AnyServer): boolean {
  return server.listening;
}

/**
 * Closes the listening handle and nothing else: `http.Server`'s own `close` also destroys idle connections (N13). On Bun there is only that
 * `close`.
 */
export function closeListener(server: AnyServer): void {
  if (isBunServer(server)) server.close();
  else NetServer.prototype.close.call(server);
}

function explain(error: NodeJS.ErrnoException, name: string, { port, path, fd, hostname }: ServeHttpOptions): Error {
  const where =
    path ??
    (fd !== undefined
      ? `fd ${String(fd)}`
      : hostname === undefined || port === undefined
        ? `port ${String(port)}`
        : hostAndPort(hostname, port));
  const { code = error.message } = error;
  let remedy: string | undefined;
  if (path !== undefined && code === 'EADDRINUSE')
    remedy = 'the file is there already: stop the process that uses it, or remove the file if no process does';
  else if (path !== undefined && (code === 'EACCES' || code === 'ENOENT'))
    remedy = 'the folder is missing, or this user may not write to it: check the path';
  return cannotListen(name, where, code, error, remedy);
}
