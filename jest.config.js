/** The jest projects: one for each package and example with tests, and `repository` for the tests in /test. `npm test` runs them. */
import { existsSync, readdirSync } from 'node:fs';

const root = import.meta.dirname;

/** The folders in `group` (`packages` or `examples`) that have tests. Each is one jest project, named after its folder. */
const foldersWithTests = (group) =>
  existsSync(`${root}/${group}`)
    ? readdirSync(`${root}/${group}`)
        .filter((name) => existsSync(`${root}/${group}/${name}/test`))
        .map((name) => ({ name: group === 'packages' ? name : `${group}/${name}`, folder: `${root}/${group}/${name}` }))
    : [];

const project = ({ name, folder }) => ({
  displayName: name,
  rootDir: folder,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  injectGlobals: false,
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: `${root}/tsconfig.test.json` }] },
  moduleNameMapper: {
    // Imports of our packages lead to their sources, so that tests need no build.
    '^triphase$': `${root}/packages/triphase/src/node.ts`,
    '^@triphase/([^/]+)$': `${root}/packages/$1/src/index.ts`,
    '^@triphase/([^/]+)/([^/]+)$': `${root}/packages/$1/src/$2.ts`,
    // ts-jest rewrites './x.ts' to './x.js', which exists only after a build.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
});

/** @type {import('jest').Config} */
export default {
  projects: [
    ...foldersWithTests('packages'),
    ...foldersWithTests('examples'),
    ...(existsSync(`${root}/test`) ? [{ name: 'repository', folder: root }] : []),
  ].map(project),
  collectCoverageFrom: ['packages/*/src/**/*.ts', '!**/index.ts'],
  coverageReporters: ['text', 'lcov', 'json-summary'],
  // By folder: jest doesn't count the files of such a folder in a `global` threshold.
  coverageThreshold: { './packages/core/src/': { branches: 80, functions: 90, lines: 95 } },
};
