/** Servers that no reactor uses yet: they would never listen. A server is removed when `app.use()` takes it. */
export const unusedServers: Set<{ readonly name: string }> = new Set();
