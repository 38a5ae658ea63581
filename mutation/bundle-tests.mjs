/** Bundles the tests that find mutants of core into one file. `one-process.mjs` loads it. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const FOLDERS = ['packages/core/test', 'packages/testing/test/services'];

/**
 * Tests that don't run here. Four would take most of the time: one compiles types, one measures memory, two make very many calls. The others need
 * the fake timers of jest, or stacks that name their file. A mutant that only these tests find counts as not found.
 */
const LEFT_OUT =
  /(core\/test\/events|timed\/memory|reentry|many-pending|host-clock|printed-errors|core\/test\/system-event)\.test\.ts$/;

/** The paths of the test files in the sandbox of Stryker, which is the working directory. */
function testFiles() {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .map((file) => `${folder}/${file}`)
      .filter((file) => file.endsWith('.test.ts') && !LEFT_OUT.test(file)),
  );
  return ['mutation/conformance.test.mjs', ...files.sort()];
}

/** Writes one file with all tests and everything they import. */
export async function bundleTests(outfile) {
  const contents = testFiles()
    .map((file) => `import 'enter:${file}';\nimport './${file}';`)
    .join('\n');
  await build({
    stdin: { contents, resolveDir: process.cwd() },
    outfile: resolve(outfile),
    absWorkingDir: process.cwd(), // esbuild keeps the directory in which it was loaded
    bundle: true,
    keepNames: true,
    ignoreAnnotations: true, // the package.json of core has `sideEffects: false`, so esbuild would remove its tests
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [{ name: 'tests', setup: (setup) => resolveTests(setup) }],
  });
}

/**
 * Replaces imports: `enter:FILE` by code that says which test file comes next, jest by the API of `collect-tests.mjs`, fast-check by
 * `few-runs.mjs`, and our packages by their sources in the sandbox.
 */
function resolveTests({ onResolve, onLoad }) {
  onResolve({ filter: /^enter:/ }, ({ path }) => ({ path: path.slice(6), namespace: 'enter' }));
  onLoad({ filter: /.*/, namespace: 'enter' }, ({ path }) => ({ contents: `globalThis.__tests.enter('${path}');` }));
  onResolve({ filter: /^@jest\/globals$/ }, () => ({ path: 'jest', namespace: 'jest' }));
  onLoad({ filter: /.*/, namespace: 'jest' }, () => ({
    contents: 'export const { describe, it, test, expect, beforeEach, afterEach } = globalThis.__tests.api;',
  }));
  onResolve({ filter: /^fast-check$/ }, () => ({ path: resolve('mutation/few-runs.mjs') }));
  onResolve({ filter: /^@triphase\// }, ({ path }) => {
    const [, name, entry = 'index'] = path.split('/');
    return { path: resolve(`packages/${name}/src/${entry}.ts`) };
  });
}
