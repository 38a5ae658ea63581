import type { Server } from 'node:http';
import type { Http2SecureServer, Http2Server } from 'node:http2';
import type { Server as HttpsServer } from 'node:https';

/** A server of `node:http`, `node:https` or `node:http2`. */
export type AnyServer = Server | HttpsServer | Http2Server | Http2SecureServer;

/** Whether its connections are encrypted: such servers emit `secureConnection` after `connection`. */
export function isSecure(server: AnyServer): boolean {
  return 'setSecureContext' in server;
}
