import { existsSync, readdirSync } from 'node:fs';

const root = import.meta.dirname;

/** The folders below `group` that have tests: each is one jest project, named after its folder. */
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
    // Workspace imports go to the sources, so that tests need no build.
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
  // One path a package: a threshold for a folder takes its files out of `global`.
  coverageThreshold: { './packages/core/src/': { branches: 80, functions: 90, lines: 95 } },
};
