/** The process tests of node-reactor on Deno, with deno-shim instead of node-reactor. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/packages.mjs';
import { bundle } from './bundle.mjs';

const tests = join(root, 'packages', 'node-reactor', 'test');

/** The sections of the process tests of node-reactor that run on Deno; each has a file of programs with the same name. */
const SECTIONS = [
  'signals',
  'mains',
  'setups',
  'exits',
  'fails',
  'shared',
  'statuses',
  'work',
  'outputs',
  'ends',
  'parents',
];

/** The programs that need a permission, though not for their reactor. All other programs have none. */
const PERMISSIONS = {
  exitsAtAnyTime: ['--allow-env'],
  twoCopies: ['--allow-read'],
};
/** The permissions of all programs of a section. */
const SECTION_PERMISSIONS = {
  ends: ['--allow-net', '--allow-run', '--allow-read', '--allow-write'],
  outputs: ['--allow-read', '--allow-write'],
  parents: ['--allow-run', '--allow-read', '--allow-env', '--allow-sys'],
};

/** Reasons that several tests share. */
const CLUSTER = 'it forks by node:cluster: deno-shared-tests.mjs tests a parent without it';
const LISTENERS =
  'it counts the listeners of process, but deno-shim listens at Deno: deno-shared-tests.mjs counts those';
const TEXT = 'the shutdown runs in unload, so the line is another one: see deno-tests.mjs';
const TOP_LEVEL = 'Deno emits no beforeunload while a top-level await is pending';

/** The tests that don't hold on Deno, by the beginning of their names, with the reason. */
const DIFFERS = {
  'N4: under nodemon': 'reading its marks in the environment would need a permission',
  'N4: listeners of others are called and stay': LISTENERS,
  'N6: two reactors share one listener': LISTENERS,
  'N6: two copies of the package': LISTENERS,
  'N26: thirty reactors': LISTENERS,
  'N24: a main that nothing can settle any more is named, and the status is 13 (mainNeverSettlesAtTopLevel)': TOP_LEVEL,
  'N24: a listener for beforeExit that goes on': TOP_LEVEL,
  'N22: process.exit(0) while a service runs': TEXT,
  'N22: process.exit(7) while a service runs': TEXT,
  'C70: a background service failed to start':
    'Deno itself prints the rejected top-level await and its causes once more',
  'N20: a reload that was asked for does not begin':
    'the stop runs in microtasks and is over before the trigger goes on',
  'N20: a terminal that is closed': 'it starts its program without the arguments of Deno',
  'N25: a child whose parent is killed': CLUSTER,
  'N25: a cluster worker': CLUSTER,
  'N11: what holds a process is named':
    'Deno names only what functions of Node have opened, and names it without its port',
  'N23: a last write that fails after the run': 'process.stdout of Deno reports it too late',
  'N23: a logger that emits an error for each line': 'the last console.log writes to a stream that has failed',
};

/** Runs the process tests of node-reactor with DenoReactor, in real processes. Resolves with the report of `runTests`. */
export async function denoProcessReport(deno, folder) {
  const programs = join(folder, 'main.mjs');
  await bundleAsNode(
    `${SECTIONS.map((name) => `import { ${name} } from ${JSON.stringify(join(tests, 'programs', `${name}.ts`))};`).join('\n')}
      await { ${SECTIONS.map((name) => `...${name}`).join(', ')} }[process.argv[2]]();`,
    programs,
  );
  for (const copy of ['copy-a', 'copy-b'])
    await bundleAsNode(`export * from '@triphase/node-reactor';`, join(folder, `${copy}.mjs`));
  const suite = join(folder, 'suite.mjs');
  await bundle({
    source: `
      ${SECTIONS.map((name) => `export { ${name} } from ${JSON.stringify(join(tests, 'process', `${name}.ts`))};`).join('\n')}
      export { ProcessKit } from ${JSON.stringify(join(tests, 'process', 'kit.ts'))};
      export { runTests } from './run-tests.mjs';`,
    outfile: suite,
  });
  const { ProcessKit, runTests, ...sections } = await import(pathToFileURL(suite).href);
  return runTests((runner) => {
    for (const section of SECTIONS) {
      const args = (name) => [...deno.args, ...(PERMISSIONS[name] ?? SECTION_PERMISSIONS[section] ?? [])];
      runner.describe(`Deno, ${section}`, () =>
        sections[section](new ProcessKit(skippingRunner(runner), { ...deno, args }, () => folder)),
      );
    }
  });
}

/** A runner that skips the tests that don't hold on Deno, with the reason. */
function skippingRunner(runner) {
  const it = (name, body) => {
    const reason = Object.entries(DIFFERS).find(([start]) => name.startsWith(start))?.[1];
    if (reason === undefined) runner.it(name, body);
    else runner.it.skip(`${name} (skipped: ${reason})`, () => undefined);
  };
  return { it: Object.assign(it, { skip: runner.it.skip }), expect: (actual) => runner.expect(actual) };
}

/** Like `bundle`, with deno-shim instead of node-reactor, so that the same programs run on both. */
async function bundleAsNode(source, outfile) {
  const shim = `${outfile}.shim.mjs`;
  writeFileSync(
    shim,
    `export { DenoReactor as NodeReactor, createDenoReactor as createNodeReactor, runMain, runService } from '@triphase/deno-shim';`,
  );
  const asNode = {
    name: 'deno-shim as node-reactor',
    setup: ({ onResolve }) => onResolve({ filter: /^@triphase\/node-reactor$/ }, () => ({ path: shim })),
  };
  await bundle({ source, outfile, plugins: [asNode] });
}
