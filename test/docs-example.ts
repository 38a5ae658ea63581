/** One of the numbered examples, run as its reader runs it. */
import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PATIENCE, runProgram, type Ended } from './docs-run.ts';

// Before the tests of whoever imports this: npm and the bundler take seconds where the machine is busy.
jest.setTimeout(PATIENCE);

/** `npm start` in the folder above that of its test, and what `expected.txt` says it prints. */
export async function runExample(testFolder: string): Promise<Ended & { readonly expected: string }> {
  const cwd = join(testFolder, '..');
  const ended = await runProgram('npm', ['start', '--silent'], { cwd });
  return { ...ended, expected: readFileSync(join(cwd, 'expected.txt'), 'utf8') };
}

/** Durations differ from run to run: each becomes `N ms`. */
export const withoutDurations = (text: string): string =>
  text.replace(/\d+(\.\d+)? ?ms\b|\bduration_ms \d+(\.\d+)?/g, 'N ms');
