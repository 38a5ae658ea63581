/** Runs one of the examples by `npm start`, as a reader does. */
import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PATIENCE, runProgram, type Ended } from './docs-run.ts';

// For the tests that import this file: npm and the bundler take seconds on a busy machine.
jest.setTimeout(PATIENCE);

/** Runs `npm start` in the folder above `testFolder`. `expected` is the text of `expected.txt` there. */
export async function runExample(testFolder: string): Promise<Ended & { readonly expected: string }> {
  const cwd = join(testFolder, '..');
  const ended = await runProgram('npm', ['start', '--silent'], { cwd });
  return { ...ended, expected: readFileSync(join(cwd, 'expected.txt'), 'utf8') };
}

/** Replaces each duration by `N ms`, since durations differ from run to run. */
export const withoutDurations = (text: string): string =>
  text.replace(/\d+(\.\d+)? ?ms\b|\bduration_ms \d+(\.\d+)?/g, 'N ms');
