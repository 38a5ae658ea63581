import { writeSync } from 'node:fs';

/** Not through a stream: a process that ends at once must have said all, and stdout may have no reader. */
export function say(line: string): void {
  writeSync(3, `${line.trim()}\n`);
}
