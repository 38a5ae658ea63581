import { writeSync } from 'node:fs';

/** Writes a line to descriptor 3, synchronously: the process may end right after it. stdout may have no reader. */
export function say(line: string): void {
  writeSync(3, `${line.trim()}\n`);
}
