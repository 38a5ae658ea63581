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
  constructor({ name, file, versionFlag, local, command }) {
    this.name = name;
    this.file = file;
    this.program = find(name.toLowerCase());
    this.versionFlag = versionFlag;
    this.local = local;
    this.command = command;
  }

  /** Why it cannot run here, if so. */
  get lacking() {
    return this.program === undefined ? `no ${this.name}: npm run setup installs it` : undefined;
  }

  get version() {
    const { stdout, stderr } = spawnSync(this.program, [this.versionFlag], { encoding: 'utf8' });
    return /\d+\.\d+\.\d+/.exec(stdout + stderr)[0];
  }

  /**
   * Starts it on `port`, in front of `instances`: `{ port, probesPort }` each. `changes` are pairs of a text of the file and its
   * replacement.
   */
  start({ port, instances: [one, two], changes = [], folder }) {
    const text = replaceAll(readFileSync(join(example, this.file), 'utf8'), [
      ...changes,
      ...this.local({ folder, one, two }),
      ['127.0.0.1:8080', `127.0.0.1:${port}`],
      ['127.0.0.1:3001', `127.0.0.1:${one.port}`],
      ['127.0.0.1:3002', `127.0.0.1:${two.port}`],
    ]);
    const file = join(folder, this.file);
    writeFileSync(file, text);
    return Program.start([this.program, ...this.command({ file, folder })], { port });
  }
}

function replaceAll(text, changes) {
  return changes.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the configuration has no "${from}"`);
    return result.replaceAll(from, to);
  }, text);
}

export const haproxy = new Balancer({
  name: 'HAProxy',
  file: 'haproxy.cfg',
  versionFlag: '-v',
  local: ({ folder, one, two }) => [
    ['/tmp/haproxy-triphase.sock', join(folder, 'haproxy.sock')],
    ...[
      ['server one 127.0.0.1:3001\n', one.probesPort],
      ['server two 127.0.0.1:3002\n', two.probesPort],
    ]
      .filter(([, probesPort]) => probesPort !== undefined)
      .map(([line, probesPort]) => [line, `${line.trimEnd()} port ${probesPort}\n`]),
  ],
  command: ({ file }) => ['-db', '-f', file],
});

export const nginx = new Balancer({
  name: 'nginx',
  file: 'nginx.conf',
  versionFlag: '-v',
  // Without these it writes into folders of the system.
  local: ({ folder }) => {
    const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const paths = kinds.map((kind) => `    ${kind}_temp_path ${join(folder, kind)};\n`);
    return [['http {\n', `http {\n    access_log off;\n${paths.join('')}`]];
  },
  command: ({ file, folder }) => [
    ...['-p', folder, '-c', file, '-e', join(folder, 'error.log')],
    ...['-g', `daemon off; pid ${join(folder, 'nginx.pid')};`],
  ],
});
