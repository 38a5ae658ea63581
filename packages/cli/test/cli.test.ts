import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { build } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../scripts/http-load.mjs';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'triphase-cli-'));
const broken = join(folder, 'broken');
const running: ChildProcess[] = [];
let port: number;

beforeAll(async () => {
  port = await freePort();
  await build({
    entryPoints: {
      'bin/triphase': join(import.meta.dirname, '..', 'bin', 'triphase.mjs'),
      server: join(import.meta.dirname, 'programs', 'server.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    tsconfig: join(import.meta.dirname, '..', '..', '..', 'tsconfig.test.json'), // its paths lead to the sources
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // commander is a CommonJS package, which calls require().
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '1.2.3' }));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  rmSync(broken, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command as a process. */
class Triphase {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  readonly ended: Promise<number | string>;

  constructor(args: readonly string[], uid?: number) {
    const { PATH, HOME, TMPDIR } = process.env;
    const env = {
      PATH,
      HOME,
      ...(TMPDIR !== undefined && { TMPDIR }),
      NO_COLOR: '1',
      PORT: String(port),
      BROKEN: broken,
    };
    this.child = spawn(process.execPath, [join(folder, 'bin', 'triphase.mjs'), ...args], {
      cwd: folder,
      env,
      ...(uid !== undefined && { uid }),
    });
    running.push(this.child);
    for (const name of ['stdout', 'stderr'] as const)
      this.child[name]!.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text;
      });
    this.ended = once(this.child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  }

  async prints(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`it ended without "${text}":\n${this.stdout}${this.stderr}`);
      await new Promise((resolve) => void setTimeout(resolve, 5));
    }
  }
}

test('H1: run serves in several workers, with their arguments, and ends with 0', async () => {
  const cluster = new Triphase(['run', 'server.mjs', '--workers', '2', '--', '--name', 'shop']);
  await cluster.prints(`triphase: 2 workers are ready; to reload: triphase reload ${cluster.child.pid!}\n`);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('--name shop');
  cluster.child.kill('SIGTERM');
  expect([await cluster.ended, cluster.stderr]).toEqual([0, '']);
});

test('H1, H4: reload waits for the report, and ends with 1 if a new worker has failed', async () => {
  const cluster = new Triphase(['run', 'server.mjs', '-w', '1']);
  await cluster.prints('ready');
  const reload = new Triphase(['reload', String(cluster.child.pid)]);
  expect(await reload.ended).toBe(0);
  expect(reload.stdout).toMatch(
    /^reload to generation 2 is done after [\d.]+ s\n {2}worker 2: ready after .*; worker 1 drained in .* s\n$/,
  );

  writeFileSync(broken, '');
  const failed = new Triphase(['reload', String(cluster.child.pid)]);
  expect([await failed.ended, failed.stderr]).toEqual([1, '']);
  expect(failed.stdout).toMatch(
    /^reload to generation 3 has failed after .*\n {2}worker 3 \(pid \d+\) ended with status 1 before it was ready\n/,
  );
  expect(failed.stdout).toMatch(/ {4}\| Error: the new version has a bug\n/);
  expect(failed.stdout).toMatch(/ {2}the old workers go on\n$/);
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);

  cluster.child.kill('SIGTERM');
  expect(await cluster.ended).toBe(0);
});

test('H7: a program that cannot start is printed once, with status 1', async () => {
  writeFileSync(broken, '');
  const cluster = new Triphase(['run', 'server.mjs', '-w', '1']);
  expect(await cluster.ended).toBe(1);
  expect(cluster.stderr.match(/before it was ready/g)?.length).toBe(1);
});

test.each([
  {
    args: ['run', 'nowhere.mjs'],
    message: /^triphase: runCluster\(\): there is no file .*nowhere\.mjs: give the program of the workers\n$/,
  },
  {
    args: ['run', '.'],
    message: /^triphase: runCluster\(\): \/.*triphase-cli-\w+ is a folder: give the program of the workers\n$/,
  },
  {
    args: ['run', 'server.mjs', '--watch', 'nowhere'],
    message: /^triphase: runCluster\(\): watch has "nowhere": give paths/,
  },
  { args: ['run', 'server.mjs', '--workers', 'two'], message: /Give a whole number from 1 on\./ },
  { args: ['run', 'server.mjs', '--drain-timeout', '0'], message: /Give milliseconds from 1 on, such as 5000\./ },
  {
    args: ['run', 'server.mjs', '--probes-host', '0.0.0.0'],
    message: /'--probes-host <address>' needs '--probes-port <port>'/,
  },
  { args: ['run', 'server.mjs', '--wokers', '2'], message: /unknown option '--wokers'\n\(Did you mean --workers\?\)/ },
  { args: ['reload', '4194305'], message: /^triphase: The primary 4194305 cannot be reached at / },
  { args: ['reload', 'server'], message: /Give the number of a process\./ },
  { args: ['relaod'], message: /unknown command 'relaod'\n\(Did you mean reload\?\)/ },
])('H1: the arguments $args end with status 2 and a message', async ({ args, message }) => {
  const command = new Triphase(args);
  expect(await command.ended).toBe(2);
  expect(command.stderr).toMatch(message);
  expect(command.stdout).toBe('');
});

/** Only root can start a process as another user. */
const asRoot = process.getuid!() === 0 ? test : test.skip;
asRoot('H1: another user may not reload, and the message says who may', async () => {
  const cluster = new Triphase(['run', 'server.mjs', '-w', '1']);
  await cluster.prints('1 worker is ready');
  chmodSync(folder, 0o755);
  const reload = new Triphase(['reload', String(cluster.child.pid)], 65_534);
  expect([await reload.ended, reload.stdout]).toEqual([2, '']);
  expect(reload.stderr).toMatch(
    /: only the user who runs it may control it \(connect EACCES [^)]*\): run the command as that user, or as root\n$/,
  );
});

test('H1: --version prints the version of the package, and --help the usage', async () => {
  const version = new Triphase(['--version']);
  expect([await version.ended, version.stdout, version.stderr]).toEqual([0, '1.2.3\n', '']);
  const help = new Triphase(['--help']);
  expect([await help.ended, help.stderr]).toEqual([0, '']);
  expect(help.stdout).toMatch(/^Usage: triphase /);
});

test('H3: --watch follows a symbolic link in the path of the program, and ignores a log file', async () => {
  const release = (name: string): void => {
    cpSync(join(folder, 'server.mjs'), join(folder, 'rel', name, 'server.mjs'));
    writeFileSync(join(folder, 'rel', name, 'package.json'), JSON.stringify({ version: name }));
  };
  const pointCurrentTo = (name: string): void => {
    symlinkSync(name, join(folder, 'rel', 'new'));
    renameSync(join(folder, 'rel', 'new'), join(folder, 'rel', 'current'));
  };
  release('1');
  release('2');
  pointCurrentTo('1');
  const cluster = new Triphase(['run', 'rel/current/server.mjs', '-w', '1', '--watch', '--probes-port', '0']);
  await cluster.prints('1 worker is ready');
  pointCurrentTo('2');
  await cluster.prints('reload to generation 2 is done');
  writeFileSync(join(folder, 'rel', '2', 'access.log'), 'GET /\n');
  writeFileSync(join(folder, 'rel', '2', 'part.mjs'), '');
  await cluster.prints('reload to generation 3 is done');
  cluster.child.kill('SIGTERM');
  expect([await cluster.ended, cluster.stderr]).toEqual([0, '']);
  expect(cluster.stdout.match(/^reload to/gm)?.length).toBe(2);
});
