/** Prints the CPU time, in milliseconds, that importing its argument takes: the first import of this process but for this file. */
const before = process.cpuUsage();
await import(process.argv[2]);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1e3);
