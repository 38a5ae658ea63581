import { Server } from 'node:http';
import type { Http2SecureServer, Http2Server } from 'node:http2';
import type { Server as HttpsServer } from 'node:https';
import { Server as NetServer } from 'node:net';

/** A server of `node:http`, `node:https` or `node:http2`. */
export type AnyServer = Server | HttpsServer | Http2Server | Http2SecureServer;

/** Whether its connections are encrypted: such servers emit `secureConnection` after `connection`. */
export function isSecure(server: AnyServer): boolean {
  return 'setSecureContext' in server;
}

/** Whether it is a server of `node:http`, `node:https` or `node:http2`, of Node or of Bun. */
export function isServer(value: unknown): value is AnyServer {
  return value instanceof NetServer || value instanceof Server;
}

/**
 * Whether it is a server of Bun's `node:http` or `node:https`. Such a server is not one of `node:net`, so its listening handle cannot be
 * closed alone: its public `close()` also ends idle connections, within a few milliseconds (D5).
 */
export function isBunServer(server: AnyServer): boolean {
  return !((server as unknown) instanceof NetServer);
}
