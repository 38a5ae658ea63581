/** Runs a program of benchmarks/programs in Node. The program prints its result as JSON. */
import { run } from '../../scripts/command.mjs';

/** Resolves with the result. Throws the output of the program if it fails. */
export async function runProgram(file, args, flags = ['--expose-gc', '--single-threaded-gc']) {
  const { code, output } = await run(process.execPath, [...flags, file, ...args]);
  if (code !== 0) throw new Error(`${file} ended with ${code}.\n${output.trim()}`);
  return JSON.parse(output);
}
