import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '..', '..', '..');
let project = '';

/** Makes a project with the packages built and installed as they are published. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'triphase-bundle-'));
  const folders = ['core', 'browser-reactor'].map((name) => {
    const folder = join(project, 'node_modules', '@triphase', name);
    for (const part of ['package.json', 'src']) {
      cpSync(join(root, 'packages', name, part), join(folder, part), { recursive: true });
    }
    return folder;
  });
  const script = (name: string): string => JSON.stringify(pathToFileURL(join(root, 'scripts', name)).href);
  const code = `
    import { buildPackage } from ${script('build-package.mjs')};
    import { readPackage } from ${script('packages.mjs')};
    for (const folder of ${JSON.stringify(folders)}) await buildPackage(readPackage(folder));`;
  execFileSync(process.execPath, ['--input-type=module', '-e', code]);
  writeFileSync(join(project, 'index.html'), '<!doctype html><script type="module" src="/main.js"></script>');
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** The code of the production build that Vite makes of a page with this program. */
function bundle(program: string): string {
  writeFileSync(join(project, 'main.js'), program);
  execFileSync(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'], {
    cwd: project,
    env: { ...process.env, NODE_ENV: 'production' }, // jest sets it to "test"
  });
  const assets = join(project, 'dist', 'assets');
  const code = readdirSync(assets).map((file) => readFileSync(join(assets, file), 'utf8'));
  expect(code).toHaveLength(1);
  return code.join('');
}

const page = `
  import { BrowserReactor } from '@triphase/browser-reactor';
  const reactor = new BrowserReactor();
  reactor.on('startup', () => reactor.callLater(1_000, () => console.log('a second later')));
  void reactor.run();`;

/** Optional parts of the packages. `word` is a string in the code of that part alone, which no minifier changes: an error code or a name in reports. */
const parts = [
  { name: 'cooperate', from: '@triphase/core', word: 'ERR_TRIPHASE_TASK_STATE' },
  { name: 'every', from: '@triphase/core', word: 'ERR_TRIPHASE_LOOPING_CALL_STATE' },
  { name: 'ticks', from: '@triphase/core', word: 'ticks' },
  { name: 'resource', from: '@triphase/core', word: 'ERR_TRIPHASE_RESOURCE_CLOSED' },
  { name: 'bridgePage', from: '@triphase/browser-reactor', word: 'bridgePage' },
];

describe('B14: the production build of a page by Vite', () => {
  let plain = '';
  beforeAll(() => {
    plain = bundle(page);
  });

  test.each(parts)('has $name only if the page uses it', ({ name, from, word }) => {
    const using = bundle(`${page}\nimport { ${name} } from '${from}';\nconsole.log(${name}(reactor));`);
    expect({ plain: plain.includes(word), using: using.includes(word) }).toEqual({ plain: false, using: true });
  });
});
