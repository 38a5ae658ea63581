import { run } from '../../scripts/command.mjs';

/** Runs a program of ours in Node; what it prints is JSON. */
export async function runProgram(file, args, flags = ['--expose-gc', '--single-threaded-gc']) {
  const { code, output } = await run(process.execPath, [...flags, file, ...args]);
  if (code !== 0) throw new Error(`${file} ended with ${code}.\n${output.trim()}`);
  return JSON.parse(output);
}
