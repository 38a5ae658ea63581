/** Who is compared, in the order of the page. `package`: where the version comes from. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';

const own = (name, title, packageName, { http2 = true } = {}) => ({ name, title, packageName, http2 });

export const PEERS = [
  own('bare', '`server.close()`'),
  own('close-with-grace', 'close-with-grace', 'close-with-grace'),
  own('fastify', 'Fastify + close-with-grace', 'fastify'),
  own('terminus', 'terminus', '@godaddy/terminus'),
  own('lightship', 'lightship', 'lightship'),
  own('http-graceful-shutdown', 'http-graceful-shutdown', 'http-graceful-shutdown'),
  own('stoppable', 'stoppable', 'stoppable'),
  own('http-terminator', 'http-terminator', 'http-terminator'),
  own('exit-hook', 'exit-hook', 'exit-hook'),
  // Their HTTP servers take `node:http` alone.
  own('nest', 'NestJS', '@nestjs/core', { http2: false }),
  own('effect', 'Effect', '@effect/platform-node', { http2: false }),
  own('triphase', 'Triphase'),
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
