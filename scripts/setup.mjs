/**
 * `npm run setup`: what the runtime tests run in, and what the benchmarks compare with, installed where it is missing. The
 * JavaScript runtimes and the peers come as npm packages into folders of their own; the rest are Debian packages. Each command is printed before it runs. Where it may not
 * install, it says what is missing and what to run: a failure in continuous integration only. Downloads no browser.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { inCI } from './command.mjs';
import { command, installFolder } from './own-folder.mjs';
import { root } from './packages.mjs';

const onPath = (program) => process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Daemons are in /usr/sbin, which is not on every user's PATH. */
const hasDaemon = (program) => onPath(program) || existsSync(join('/usr/sbin', program));

/** Debian keeps the server's programs off the PATH, one folder a version. */
const hasPostgresql = () => {
  const versions = '/usr/lib/postgresql';
  const servers = existsSync(versions) ? readdirSync(versions) : [];
  return onPath('initdb') || servers.some((version) => existsSync(join(versions, version, 'bin', 'initdb')));
};

const debianPackages = [
  { name: 'chromium', present: () => onPath('chromium') },
  { name: 'firefox-esr', present: () => onPath('firefox-esr') },
  { name: 'webkit2gtk-driver', present: () => onPath('WebKitWebDriver') },
  { name: 'xvfb', present: () => onPath('Xvfb') },
  { name: 'postgresql', present: hasPostgresql },
  { name: 'systemd', present: () => onPath('systemd-notify') && onPath('systemd-socket-activate') },
  { name: 'python3', present: () => onPath('python3') },
  { name: 'haproxy', present: () => hasDaemon('haproxy'), service: 'haproxy' },
  { name: 'nginx', present: () => hasDaemon('nginx'), service: 'nginx' },
];

const missing = [];

/** Installs what the lock of `folder` names. */
function setUpFolder(what, ...folder) {
  const left = installFolder(join(root, ...folder));
  if (left.length > 0) missing.push({ what: left.join(', '), remedy: `npm ci --prefix ${join(...folder)}` });
  else console.log(`${what}: all there`);
}

function setUpDebianPackages() {
  const absent = () => debianPackages.filter(({ present }) => !present()).map(({ name }) => name);
  const wanted = absent();
  if (wanted.length > 0) installDebianPackages(wanted);
  const left = absent();
  if (left.length > 0) {
    missing.push({ what: left.join(', '), remedy: `sudo apt-get install --no-install-recommends ${left.join(' ')}` });
  } else console.log(`Debian packages: all there (${debianPackages.map(({ name }) => name).join(', ')})`);
}

function installDebianPackages(names) {
  const isRoot = process.getuid?.() === 0;
  const maySudo = () => onPath('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0;
  if (!onPath('apt-get') || !(isRoot || maySudo())) return;
  const asRoot = (program, ...args) => (isRoot ? command(program, args) : command('sudo', [program, ...args]));
  const aptGet = (...args) =>
    asRoot('env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=300', ...args);
  const noCluster = isRoot && names.includes('postgresql') ? keepFromMakingCluster() : () => undefined;
  const services = debianPackages.filter(({ name, service }) => service && names.includes(name));
  const noServices = services.length > 0 ? keepFromStarting(services, asRoot) : () => undefined;
  try {
    const install = () => aptGet('install', '--yes', '--no-install-recommends', ...names);
    // A list that was never fetched knows no package, an old one names files that are gone.
    if (!hasPackageLists()) aptGet('update');
    if (!install() && aptGet('update')) install();
  } finally {
    noServices();
    noCluster();
  }
}

const hasPackageLists = () => {
  const lists = '/var/lib/apt/lists';
  return existsSync(lists) && readdirSync(lists).some((file) => file.includes('_Packages'));
};

/** Debian's postgresql makes and starts a cluster as it is installed; the tests make their own, in temporary folders. */
function keepFromMakingCluster() {
  const setting = '/etc/postgresql-common/createcluster.d/triphase.conf';
  mkdirSync(dirname(setting), { recursive: true });
  writeFileSync(setting, 'create_main_cluster = false\n');
  return () => rmSync(setting, { force: true });
}

/**
 * Debian starts a service as its package is installed, and at each boot: nginx on port 80. The tests run these programs themselves. While
 * packages are installed, `policy-rc.d` forbids starts; one that is there already is the machine's own and stays as it is. Returns what
 * removes ours, and keeps the services from starting at boot.
 */
function keepFromStarting(services, asRoot) {
  const policy = '/usr/sbin/policy-rc.d';
  const isOurs = !existsSync(policy);
  if (isOurs) {
    const folder = mkdtempSync(join(tmpdir(), 'triphase-setup-'));
    const script = join(folder, 'policy-rc.d');
    writeFileSync(script, '#!/bin/sh\nexit 101\n'); // 101: forbidden
    asRoot('install', '-m', '755', script, policy);
    rmSync(folder, { recursive: true, force: true });
  }
  return () => {
    if (isOurs) asRoot('rm', '-f', policy);
    for (const { service, present } of services) if (present()) asRoot('update-rc.d', service, 'disable');
  };
}

setUpFolder('runtimes', 'runtime-tests', 'runtimes');
setUpFolder('tools', 'runtime-tests', 'tools');
setUpFolder('page frameworks', 'examples', 'page-frameworks', 'project');
setUpFolder('peers', 'benchmarks', 'peers');
setUpFolder('peers of the lifecycle', 'benchmarks', 'lifecycle');
setUpDebianPackages();
for (const { what, remedy } of missing) console.error(`missing: ${what}\n  to install: ${remedy}`);
process.exitCode = missing.length > 0 && inCI ? 1 : 0;
