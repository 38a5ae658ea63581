// The program of the topic `imports` (P12). Prints the CPU time in milliseconds of the first import of a process, with the setup of the module loader.
const before = process.cpuUsage();
import(process.argv[2]).then(() => {
  const { user, system } = process.cpuUsage(before);
  console.log((user + system) / 1e3);
});
