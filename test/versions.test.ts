import { expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './docs-blocks.ts';
import { PATIENCE } from './docs-run.ts';

jest.setTimeout(PATIENCE);

const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);

/** The files that `lerna version` reads and writes. The test copies them into a repository of its own. */
const files = [
  'package.json',
  'lerna.json',
  'scripts/sync-versions.mjs',
  'scripts/packages.mjs',
  ...packages.flatMap((folder) => [`${folder}/package.json`, `${folder}/deno.json`]),
];

test('D6: `lerna version` gives each deno.json the version of its package.json, in the commit of the release', () => {
  const folder = mkdtempSync(join(tmpdir(), 'triphase-versions-'));
  // Without the git settings of the machine, and of a git hook that may run this test.
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', CI: '1' };
  const own = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^GIT_(DIR|INDEX_FILE|WORK_TREE)$/.test(name)),
  );
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: folder, env: own, encoding: 'utf8', stdio: 'pipe' });
  const git = (...args: string[]): string => run('git', ...args);
  try {
    for (const file of files) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      cpSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    git('init', '--initial-branch=main', '--quiet');
    git('config', 'user.name', 'test');
    git('config', 'user.email', 'test@localhost');
    git('add', ...files);
    git('commit', '--quiet', '--message=first');

    run(process.execPath, 'node_modules/lerna/dist/cli.js', 'version', '7.8.9', '--yes', '--no-push');

    const versionIn = (file: string): string =>
      (JSON.parse(git('show', `HEAD:${file}`)) as { version: string }).version; // as: each of these files has one
    for (const path of packages) {
      expect([path, versionIn(`${path}/package.json`), versionIn(`${path}/deno.json`)]).toEqual([
        path,
        '7.8.9',
        '7.8.9',
      ]);
    }
    const changed = git('diff', '--name-only', 'HEAD~1').trim().split('\n');
    expect(changed.sort()).toEqual(
      ['lerna.json', ...packages.flatMap((f) => [`${f}/deno.json`, `${f}/package.json`])].sort(),
    );
    const [before, after] = [root, folder].map((where) => readFileSync(join(where, 'packages/core/deno.json'), 'utf8'));
    expect(after).toBe(before!.replace(/"version": "[^"]*"/, '"version": "7.8.9"'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
