/** The runtimes that the stages use: `npm run setup` installs them into runtime-tests/runtimes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const installed = join(import.meta.dirname, '..', 'runtimes', 'node_modules');

/** The versions of Node that we support, beginning with this one. */
export const nodes = [
  { name: `Node ${process.versions.node}`, program: process.execPath },
  ...['node22', 'node24', 'node26'].map((name) => ({
    name: name.replace('node', 'Node '),
    program: join(installed, name, 'bin', 'node'),
  })),
];

export const bun = { name: 'Bun', program: join(installed, '@oven', 'bun-linux-x64', 'bin', 'bun') };

/** Without permissions, prompts or the configuration of this repository. */
export const deno = {
  name: 'Deno',
  program: join(installed, '@deno', 'linux-x64-glibc', 'deno'),
  args: ['run', '--no-prompt', '--no-config'],
};

/** The same Deno, for a program that exports a handler for `deno serve`. */
export const denoServe = {
  name: 'deno serve',
  program: deno.program,
  args: ['serve', '--no-prompt', '--no-config', '--host=127.0.0.1', '--port=0'],
};

export const workerd = {
  name: 'workerd',
  program: join(installed, '@cloudflare', 'workerd-linux-64', 'bin', 'workerd'),
};

/** Why one of these runtimes can't run here, or `undefined`. */
export function lacking(runtimes) {
  const missing = runtimes.filter(({ program }) => !existsSync(program)).map(({ name }) => name);
  return missing.length === 0 ? undefined : `${missing.join(', ')} not installed: npm run setup does it`;
}
