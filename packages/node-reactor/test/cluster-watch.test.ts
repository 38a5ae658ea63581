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

/** Resolves once `count` changes were told since the beginning. */
async function told(count: number): Promise<void> {
  while (changes < count)
    await new Promise<void>((resolve) => {
      heard = resolve;
    });
}

/** Whatever was written before has been told by now: this is told with it, or after it. */
async function toldNow(name: string): Promise<number> {
  put(name, '3');
  await told(changes + 1);
  return changes;
}

describe('what is watched (H3)', () => {
  test('H3: a file that is replaced again and again, and then written to, is told each time', async () => {
    put('server.js');
    await watch(() => [at('server.js')]);
    for (const count of [1, 2, 3]) {
      replace('server.js');
      await told(count);
    }
    appendFileSync(at('server.js'), '4');
    await told(4);
    rmSync(at('server.js'));
    await told(5);
    put('server.js');
    await told(6);
    expect(changes).toBe(6);
  });

  test('H3: a named file counts whatever it is; the others of its folder do not', async () => {
    put('server.js');
    put('.env');
    await watch(() => [at('.env')]);
    put('server.js', '2');
    put('access.log');
    replace('.env');
    await told(1);
    expect(changes).toBe(1);
  });

  test('H3: in a folder only programs count: not what a service, its tools and editors write', async () => {
    put('server.js');
    await watch(() => watchedPaths(at('server.js'), true));
    const names = ['access.log', 'data.sqlite-journal', 'state.json', '4913', 'server.js~', 'uploads/today/1.png'];
    const hidden = ['.server.js.swp', '.git/hooks.js', 'node_modules/express/index.js', 'lib/.cache/part.js'];
    for (const name of [...names, ...hidden]) {
      put(name);
      put(name, '2');
    }
    await new Promise((resolve) => setTimeout(resolve, 600)); // a change would have been told after 200
    expect(changes).toBe(0);
    for (const name of [...names, ...hidden]) put(name, '3');
    expect(await toldNow('server.js')).toBe(1);
  });

  test.each(['server.js', 'lib/part.mjs', 'lib/deep/part.cts', 'lib/view.tsx', 'engine.wasm'])(
    'H3: in a folder %s counts',
    async (name) => {
      put('server.js');
      put(name);
      await watch(() => watchedPaths(at('server.js'), true));
      put(name, '2');
      await told(1);
      replace(name);
      await told(2);
      expect(changes).toBe(2);
    },
  );

  test('H3: a folder that is new, or stands in the place of another one, is watched', async () => {
    put('server.js');
    put('dist/part.js');
    await watch(() => [folder]);
    put('lib/deep/part.js');
    await told(1);
    put('lib/deep/part.js', '2');
    await told(2);
    put('built/part.js');
    await told(3);
    rmSync(at('dist'), { recursive: true });
    renameSync(at('built'), at('dist'));
    await told(4);
    replace('dist/part.js');
    await told(5);
    expect(changes).toBe(5);
  });

  test('H3: a named folder that is replaced is told, and the new one is watched', async () => {
    put('dist/part.js');
    await watch(() => [at('dist')]);
    put('built/part.js');
    renameSync(at('dist'), at('old'));
    renameSync(at('built'), at('dist'));
    await told(1);
    put('dist/part.js', '2');
    await told(2);
    expect(changes).toBe(2);
  });

  test('H3: a link on the way to the program is followed to where it leads now', async () => {
    put('1/server.js');
    put('2/server.js');
    link('1', 'current');
    const main = at('current/server.js');
    await watch(() => watchedPaths(main, true));
    put('1/part.js');
    await told(1);
    link('2', 'current');
    await told(2);
    put('2/part.js');
    await told(3);
    put('1/part.js', '2'); // of the old version: nobody runs it any longer
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(changes).toBe(3);
    expect(await toldNow('2/part.js')).toBe(4);
  });

  test('H3: so is a program that is a link itself, whatever its name', async () => {
    put('releases/1/server.js');
    put('releases/2/server.js');
    link('releases/1/server.js', 'main');
    await watch(() => watchedPaths(at('main'), true));
    put('releases/1/part.js');
    await told(1);
    link('releases/2/server.js', 'main');
    await told(2);
    put('releases/2/part.js');
    await told(3);
    expect(changes).toBe(3);
  });

  test('H3: links that lead in a circle are left alone', async () => {
    put('server.js');
    link('.', 'self');
    link('two', 'one');
    link('one', 'two');
    await watch(() => [folder, at('one')]);
    put('server.js', '2');
    await told(1);
    expect(changes).toBe(1);
  });
});
