import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

interface Manifest {
  name: string;
  version: string;
  exports: Record<string, unknown>;
  dependencies?: Record<string, string>;
}
interface DenoConfig {
  name: string;
  version: string;
  exports: string | Record<string, string>;
}

const folders = readdirSync(join(root, 'packages'));
const packages = folders.map((folder) => ({
  folder,
  manifest: JSON.parse(read('packages', folder, 'package.json')) as Manifest, // its own fields, read by the tests below
  deno: JSON.parse(read('packages', folder, 'deno.json')) as DenoConfig, // likewise
}));

describe.each(packages)('packages/$folder', ({ folder, manifest, deno }) => {
  test('D6: the package for JSR has the same name, version and entries as that for npm', () => {
    const denoEntries = typeof deno.exports === 'string' ? ['.'] : Object.keys(deno.exports);
    const npmEntries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
    // JSR has no name without a scope.
    const name = manifest.name.startsWith('@') ? manifest.name : `@triphase/${manifest.name}`;
    expect({ name: deno.name, version: deno.version, entries: denoEntries.sort() }).toEqual({
      name,
      version: manifest.version,
      entries: npmEntries.sort(),
    });
  });

  test('it has the version of the repository and carries its licence', () => {
    expect(manifest.version).toBe((JSON.parse(read('lerna.json')) as { version: string }).version); // lerna's own format
    expect(read('packages', folder, 'LICENSE')).toBe(read('LICENSE'));
  });

  test('every source file has a kebab-case name', () => {
    const files = readdirSync(join(root, 'packages', folder, 'src'), { recursive: true, encoding: 'utf8' });
    expect(files.map((file) => basename(file)).filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.ts)?$/.test(file))).toEqual(
      [],
    );
  });

  test('tsconfig.json and deno.json list it', () => {
    expect(read('tsconfig.json')).toContain(`"packages/${folder}"`);
    expect(read('deno.json')).toContain(`"./packages/${folder}"`);
  });
});

test('core has no dependency, each runtime package only core, and cli only node-reactor and commander', () => {
  const needs = Object.fromEntries(
    packages
      .filter(({ manifest }) => manifest.name.startsWith('@triphase/')) // not triphase, which depends on all of them
      .map(({ folder, manifest }) => [folder, Object.keys(manifest.dependencies ?? {})]),
  );
  const { core, cli, ...others } = needs;
  expect(core).toEqual([]);
  expect(cli).toEqual(['@triphase/node-reactor', 'commander']);
  for (const [folder, dependencies] of Object.entries(others))
    expect([folder, dependencies]).toEqual([folder, ['@triphase/core']]);
});
