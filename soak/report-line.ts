/** Kind `process`: how a planned process reports its steps to the soak. */
import { writeSync } from 'node:fs';

/**
 * Writes a line to descriptor 3, since stdout may have no reader. Synchronous, since the process may end right after it.
 */
export function reportLine(line: string): void {
  writeSync(3, `${line.trim()}\n`);
}
