// Prints the CPU time, in milliseconds, of the first import of a process: what loads modules is set up in it too.
const before = process.cpuUsage();
import(process.argv[2]).then(() => {
  const { user, system } = process.cpuUsage(before);
  console.log((user + system) / 1e3);
});
