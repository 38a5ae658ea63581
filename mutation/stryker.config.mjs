/** The configuration of Stryker. scripts/mutate.mjs starts Stryker in the root of the repository, and chooses the files to change. */
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

export default {
  plugins: ['one-process.mjs', 'ignore-messages.mjs'].map((file) => join(import.meta.dirname, file)),
  ignorers: ['messages'],
  testRunner: 'one-process',
  coverageAnalysis: 'perTest',
  mutate: ['packages/core/src/**/*.ts', '!packages/core/src/index.ts'],
  // Stryker copies only the files that the tests need into its sandbox.
  ignorePatterns: [
    '**',
    '!package.json',
    '!tsconfig*.json',
    '!packages/core/**',
    '!packages/testing/**',
    '!packages/browser-reactor/**', // the tsconfig of packages/testing refers to it
    '!mutation/*.mjs',
  ],
  tempDirName: join(tmpdir(), 'triphase-mutation'),
  cleanTempDir: 'always',
  concurrency: availableParallelism(),
  disableTypeChecks: false, // esbuild doesn't check types, so mutated files need no `@ts-nocheck`
  reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
  htmlReporter: { fileName: 'mutation/results/mutation.html' },
  jsonReporter: { fileName: 'mutation/results/mutation.json' },
};
