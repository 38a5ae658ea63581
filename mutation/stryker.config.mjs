import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Stryker's configuration. scripts/mutate.mjs starts it in the root of the repository and says which files are mutated. */
export default {
  plugins: ['one-process.mjs', 'ignore-messages.mjs'].map((file) => join(import.meta.dirname, file)),
  ignorers: ['messages'],
  testRunner: 'one-process',
  coverageAnalysis: 'perTest',
  mutate: ['packages/core/src/**/*.ts', '!packages/core/src/index.ts'],
  // The sandbox holds what the tests need and nothing else.
  ignorePatterns: [
    '**',
    '!package.json',
    '!tsconfig*.json',
    '!packages/core/**',
    '!packages/testing/**',
    '!packages/browser-reactor/**', // the types of packages/testing refer to it
    '!mutation/*.mjs',
  ],
  tempDirName: join(tmpdir(), 'triphase-mutation'),
  cleanTempDir: 'always',
  concurrency: availableParallelism(),
  disableTypeChecks: false, // esbuild checks no types
  reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
  htmlReporter: { fileName: 'mutation/results/mutation.html' },
  jsonReporter: { fileName: 'mutation/results/mutation.json' },
};
