import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const scripts = join(import.meta.dirname, '..', 'scripts');
let folder = '';

const node = (code: string): unknown =>
  JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: folder, encoding: 'utf8' }));

const entry = (name: string): object => ({
  'module-sync': `./dist/${name}.js`,
  require: `./dist/${name}.cjs`,
  default: `./dist/${name}.js`,
});

const files = {
  'package.json': JSON.stringify({
    name: 'built',
    type: 'module',
    exports: { '.': entry('index'), './extra': entry('extra') },
  }),
  'src/index.ts': "export { Shared } from './shared.ts';\nexport * from 'outside';\n",
  'src/extra.ts': "import { Shared } from './shared.ts';\nexport const make = (): Shared => new Shared();\n",
  'src/shared.ts': 'export class Shared {\n  readonly #own = 1;\n  own(): number {\n    return this.#own;\n  }\n}\n',
  'node_modules/outside/package.json': JSON.stringify({ name: 'outside', exports: './index.cjs' }),
  'node_modules/outside/index.cjs': 'exports.outside = 1;\n',
  'dist/gone.js': '',
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'triphase-build-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  node(`
    import { buildPackage } from '${pathToFileURL(join(scripts, 'build-package.mjs')).href}';
    import { readPackage } from '${pathToFileURL(join(scripts, 'packages.mjs')).href}';
    await buildPackage(readPackage('${folder}'));
    console.log(true);
  `);
});

afterAll(() => rmSync(folder, { recursive: true }));

test('a class that two entries share is the same class for import, for require, and for both', () => {
  const seen = node(`
    import { createRequire } from 'node:module';
    import { Shared } from 'built';
    import { make } from 'built/extra';
    const require = createRequire('${join(folder, 'package.json')}');
    console.log(JSON.stringify([
      make() instanceof Shared,
      require('built').Shared === Shared,
      require('built/extra').make() instanceof Shared,
      make().own(),
    ]));
  `);
  expect(seen).toEqual([true, true, true, 1]);
});

test('two entries imported by their paths in dist share the class, too', () => {
  const seen = node(`
    import { Shared } from './dist/index.js';
    import { make } from './dist/extra.js';
    console.log(make() instanceof Shared);
  `);
  expect(seen).toBe(true);
});

test('exports of another package are re-exported, and not copied', () => {
  const seen = node(`
    import * as all from 'built';
    import { outside } from 'outside';
    console.log(JSON.stringify([Object.keys(all).sort(), all.outside === outside]));
  `);
  expect(seen).toEqual([['Shared', 'outside'], true]);
});

test('files of an earlier build are removed', () => {
  expect(existsSync(join(folder, 'dist', 'gone.js'))).toBe(false);
});
