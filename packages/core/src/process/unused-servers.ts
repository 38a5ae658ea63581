import { printable } from '@triphase/core';

/** Servers that no reactor uses yet. A server is removed when `app.use()` takes it. */
export const unusedServers: Set<{ readonly name: string }> = new Set();

/** For runtime packages: a line for each server that was made and that no reactor uses. Each server is named once. */
export function describeUnusedServers(): string[] {
  const lines = [...unusedServers].map(
    ({ name }) => `No reactor uses the server ${printable(name)}, so it doesn't listen: pass it to app.use()`,
  );
  unusedServers.clear();
  return lines;
}
