/** The peers of bench:lifecycle, in the order of the page. `packageName`: the package whose version the page names. `http2`: whether it can serve HTTP/2. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';

const peer = (name, title, packageName, { http2 = true } = {}) => ({ name, title, packageName, http2 });

export const PEERS = [
  peer('bare', '`server.close()`'),
  peer('close-with-grace', 'close-with-grace', 'close-with-grace'),
  peer('fastify', 'Fastify + close-with-grace', 'fastify'),
  peer('terminus', 'terminus', '@godaddy/terminus'),
  peer('lightship', 'lightship', 'lightship'),
  peer('http-graceful-shutdown', 'http-graceful-shutdown', 'http-graceful-shutdown'),
  peer('stoppable', 'stoppable', 'stoppable'),
  peer('http-terminator', 'http-terminator', 'http-terminator'),
  peer('exit-hook', 'exit-hook', 'exit-hook'),
  // The HTTP servers of these two use only `node:http`.
  peer('nest', 'NestJS', '@nestjs/core', { http2: false }),
  peer('effect', 'Effect', '@effect/platform-node', { http2: false }),
  peer('triphase', 'Triphase'),
];

/** The command that runs a peer's program. */
export const commandOf = ({ name }) => [process.execPath, join(import.meta.dirname, 'apps', `${name}.mjs`)];

const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'));
const ours = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'packages', 'node-reactor', 'package.json'), 'utf8'),
);

export function versionOf({ name, packageName }) {
  if (name === 'bare') return `Node ${process.versions.node}`;
  return packageName === undefined ? ours.version : dependencies[packageName];
}
