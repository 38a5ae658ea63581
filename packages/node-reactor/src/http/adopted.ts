import { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { AnyServer } from './server.ts';

/** What Node keeps at a socket of a server. */
interface Served {
  readonly server?: unknown;
  readonly _httpMessage?: unknown;
}

/** A connection that was there before `serveHttp` was called, and the answer that is under way on it. */
export interface Adopted {
  readonly socket: Socket;
  readonly response: ServerResponse | undefined;
}

/** The open connections of a server. Node lists them among what holds the process. */
export function openConnections(server: AnyServer): Adopted[] {
  const { _getActiveHandles: handles } = process as { _getActiveHandles?: () => unknown[] }; // as: not in the types
  const found: Adopted[] = [];
  for (const socket of handles?.call(process) ?? []) {
    if (!(socket instanceof Socket) || (socket as Served).server !== server) continue; // as: Node keeps it there
    const { _httpMessage: response } = socket as Served; // as: the answer that is under way
    found.push({ socket, response: isAnswering(response) ? response : undefined });
  }
  return found;
}

function isAnswering(response: unknown): response is ServerResponse {
  return response instanceof ServerResponse && !response.writableFinished;
}
