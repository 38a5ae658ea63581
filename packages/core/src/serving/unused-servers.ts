import { printable } from '@triphase/core';

/** Servers that no reactor uses yet. A server is removed when `app.use()` takes it. */
export const unusedServers: Set<{ readonly name: string }> = new Set();

/** For runtime packages: what is wrong if a server was made that no reactor uses, and what to do. Undefined if there is none. */
export function unusedServer(): string | undefined {
  for (const { name } of unusedServers)
    return `No reactor uses the server ${printable(name)}, so it never listens: pass it to app.use() in the setup of runService()`;
  return undefined;
}
