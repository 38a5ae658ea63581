import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The tests that find mutants of core. Stryker runs them in a copy of the repository. */
export default {
  root: path('..'),
  test: {
    include: [
      'mutation/conformance.test.mjs',
      'packages/core/test/**/*.test.ts',
      'packages/testing/test/services/*.test.ts',
    ],
    // The first compiles types, the second measures memory: each takes seconds and finds no mutant that the others miss.
    exclude: ['packages/core/test/events.test.ts', 'packages/core/test/timed/memory.test.ts'],
    isolate: false,
    testTimeout: 30_000, // property tests wait long for a busy machine; Stryker has a limit of its own
  },
  resolve: {
    alias: [
      { find: '@jest/globals', replacement: path('jest-globals.mjs') },
      { find: /^fast-check$/, replacement: path('few-runs.mjs') },
      { find: /^@triphase\/([^/]+)$/, replacement: path('../packages/$1/src/index.ts') },
      { find: /^@triphase\/([^/]+)\/([^/]+)$/, replacement: path('../packages/$1/src/$2.ts') },
    ],
  },
};
