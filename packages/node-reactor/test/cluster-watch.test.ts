import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { watchedPaths } from '../src/cluster/watched-places.ts';
import { WatchFiles } from '../src/cluster/watch-files.ts';
import { NodeReactor } from '../src/index.ts';

let folder: string;
let app: NodeReactor | undefined;
let changes = 0;
let heard: (() => void) | undefined;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'triphase-watched-')));
  changes = 0;
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);

/** Writes a file, and the folders above it. */
function put(name: string, text = '1'): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}

/** As editors and deploys do: a new file is moved in the place of the old one. */
function replace(name: string): void {
  writeFileSync(at(`${name}.new`), '2');
  renameSync(at(`${name}.new`), at(name));
}

/** As `ln -sfn` does. */
function link(target: string, name: string): void {
  symlinkSync(target, at(`${name}.new`));
  renameSync(at(`${name}.new`), at(name));
}

async function watch(paths: () => readonly string[]): Promise<void> {
  app = new NodeReactor({ signals: false });
  app.use(
    new WatchFiles(paths, () => {
      changes++;
      heard?.();
    }),
  );
  void app.run();
  await app.startupReport;
}

/** Resolves once `count` changes were reported since the beginning. */
async function changed(count: number): Promise<void> {
  while (changes < count)
    await new Promise<void>((resolve) => {
      heard = resolve;
    });
}

/** Writes a file, and waits until that change is reported: all earlier changes are reported by then. Gives how many there were. */
async function changedNow(name: string): Promise<number> {
  put(name, '3');
  await changed(changes + 1);
  return changes;
}

describe('what is watched (H3)', () => {
  test('H3: each change of a named file is reported: replaced, written to, removed and made again', async () => {
    put('server.js');
    await watch(() => [at('server.js')]);
    for (const count of [1, 2, 3]) {
      replace('server.js');
      await changed(count);
    }
    appendFileSync(at('server.js'), '4');
    await changed(4);
    rmSync(at('server.js'));
    await changed(5);
    put('server.js');
    await changed(6);
    expect(changes).toBe(6);
  });

  test('H3: a named file is watched whatever its extension; other files of its folder are not', async () => {
    put('server.js');
    put('.env');
    await watch(() => [at('.env')]);
    put('server.js', '2');
    put('access.log');
    replace('.env');
    await changed(1);
    expect(changes).toBe(1);
  });

  test('H3: in a folder only program files are watched, not those that a service, its tools and editors write', async () => {
    put('server.js');
    await watch(() => watchedPaths(at('server.js'), true));
    const names = ['access.log', 'data.sqlite-journal', 'state.json', '4913', 'server.js~', 'uploads/today/1.png'];
    const hidden = ['.server.js.swp', '.git/hooks.js', 'node_modules/express/index.js', 'lib/.cache/part.js'];
    for (const name of [...names, ...hidden]) {
      put(name);
      put(name, '2');
    }
    await new Promise((resolve) => setTimeout(resolve, 600)); // three times the 200 ms after which a change is reported
    expect(changes).toBe(0);
    for (const name of [...names, ...hidden]) put(name, '3');
    expect(await changedNow('server.js')).toBe(1);
  });

  test.each(['server.js', 'lib/part.mjs', 'lib/deep/part.cts', 'lib/view.tsx', 'engine.wasm'])(
    'H3: in a folder %s is watched',
    async (name) => {
      put('server.js');
      put(name);
      await watch(() => watchedPaths(at('server.js'), true));
      put(name, '2');
      await changed(1);
      replace(name);
      await changed(2);
      expect(changes).toBe(2);
    },
  );

  test('H3: a folder that is made later, or that replaces another one, is watched', async () => {
    put('server.js');
    put('dist/part.js');
    await watch(() => [folder]);
    put('lib/deep/part.js');
    await changed(1);
    put('lib/deep/part.js', '2');
    await changed(2);
    put('built/part.js');
    await changed(3);
    rmSync(at('dist'), { recursive: true });
    renameSync(at('built'), at('dist'));
    await changed(4);
    replace('dist/part.js');
    await changed(5);
    expect(changes).toBe(5);
  });

  test('H3: when a named folder is replaced, that is reported, and the new one is watched', async () => {
    put('dist/part.js');
    await watch(() => [at('dist')]);
    put('built/part.js');
    renameSync(at('dist'), at('old'));
    renameSync(at('built'), at('dist'));
    await changed(1);
    put('dist/part.js', '2');
    await changed(2);
    expect(changes).toBe(2);
  });

  test('H3: a symbolic link in the path of the program is followed to its present target', async () => {
    put('1/server.js');
    put('2/server.js');
    link('1', 'current');
    const main = at('current/server.js');
    await watch(() => watchedPaths(main, true));
    put('1/part.js');
    await changed(1);
    link('2', 'current');
    await changed(2);
    put('2/part.js');
    await changed(3);
    put('1/part.js', '2'); // of the old version, which is not watched any more
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(changes).toBe(3);
    expect(await changedNow('2/part.js')).toBe(4);
  });

  test('H3: a program that is a symbolic link itself is followed, whatever its name', async () => {
    put('releases/1/server.js');
    put('releases/2/server.js');
    link('releases/1/server.js', 'main');
    await watch(() => watchedPaths(at('main'), true));
    put('releases/1/part.js');
    await changed(1);
    link('releases/2/server.js', 'main');
    await changed(2);
    put('releases/2/part.js');
    await changed(3);
    expect(changes).toBe(3);
  });

  test('H3: symbolic links that lead in a circle are not followed', async () => {
    put('server.js');
    link('.', 'self');
    link('two', 'one');
    link('one', 'two');
    await watch(() => [folder, at('one')]);
    put('server.js', '2');
    await changed(1);
    expect(changes).toBe(1);
  });
});
