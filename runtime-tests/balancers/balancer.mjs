/** HAProxy and nginx as Debian installs them, each with the configuration file of examples/http-balancers. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Program } from '../../scripts/http-load.mjs';
import { root } from '../../scripts/packages.mjs';

export const example = join(root, 'examples', 'http-balancers');

/** Debian has both in /usr/sbin, which is not on every user's PATH. */
const find = (program) =>
  [...process.env.PATH.split(delimiter), '/usr/sbin'].map((folder) => join(folder, program)).find(existsSync);

class Balancer {
  constructor({ name, file, versionFlag, localChanges, command }) {
    this.name = name;
    this.file = file;
    this.program = find(name.toLowerCase());
    this.versionFlag = versionFlag;
    this.localChanges = localChanges;
    this.command = command;
  }

  /** Why it cannot run on this machine, or `undefined`. */
  get lacking() {
    return this.program === undefined ? `no ${this.name}: npm run setup installs it` : undefined;
  }

  get version() {
    const { stdout, stderr } = spawnSync(this.program, [this.versionFlag], { encoding: 'utf8' });
    return /\d+\.\d+\.\d+/.exec(stdout + stderr)[0];
  }

  /**
   * Starts it on `port`, in front of two `instances`: `{ port, probesPort }` each. `changes` replace texts of the configuration file: `{ from, to }`
   * each.
   */
  start({ port, instances: [one, two], changes = [], folder }) {
    const text = replaceAll(readFileSync(join(example, this.file), 'utf8'), [
      ...changes,
      ...this.localChanges({ folder, one, two }),
      { from: '127.0.0.1:8080', to: `127.0.0.1:${port}` },
      { from: '127.0.0.1:3001', to: `127.0.0.1:${one.port}` },
      { from: '127.0.0.1:3002', to: `127.0.0.1:${two.port}` },
    ]);
    const file = join(folder, this.file);
    writeFileSync(file, text);
    return Program.start([this.program, ...this.command({ file, folder })], { port });
  }
}

function replaceAll(text, changes) {
  return changes.reduce((result, { from, to }) => {
    if (!result.includes(from)) throw new Error(`the configuration has no "${from}"`);
    return result.replaceAll(from, to);
  }, text);
}

export const haproxy = new Balancer({
  name: 'HAProxy',
  file: 'haproxy.cfg',
  versionFlag: '-v',
  localChanges: ({ folder, one, two }) => [
    { from: '/tmp/haproxy-triphase.sock', to: join(folder, 'haproxy.sock') },
    ...[
      { line: 'server one 127.0.0.1:3001\n', probesPort: one.probesPort },
      { line: 'server two 127.0.0.1:3002\n', probesPort: two.probesPort },
    ]
      .filter(({ probesPort }) => probesPort !== undefined)
      .map(({ line, probesPort }) => ({ from: line, to: `${line.trimEnd()} port ${probesPort}\n` })),
  ],
  command: ({ file }) => ['-db', '-f', file],
});

export const nginx = new Balancer({
  name: 'nginx',
  file: 'nginx.conf',
  versionFlag: '-v',
  // Without these changes nginx writes into folders of the system.
  localChanges: ({ folder }) => {
    const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const paths = kinds.map((kind) => `    ${kind}_temp_path ${join(folder, kind)};\n`);
    return [{ from: 'http {\n', to: `http {\n    access_log off;\n${paths.join('')}` }];
  },
  command: ({ file, folder }) => [
    ...['-p', folder, '-c', file, '-e', join(folder, 'error.log')],
    ...['-g', `daemon off; pid ${join(folder, 'nginx.pid')};`],
  ],
});
