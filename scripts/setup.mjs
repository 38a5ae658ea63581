/**
 * `npm run setup`: installs the runtimes, browsers, servers and libraries that tests and benchmarks need, if this machine lacks them. Runtimes and
 * libraries are npm packages in folders of their own; browsers and servers are Debian packages. Prints each command before it runs it. If it has
 * no right to install something, it prints what is missing and how to install it. In continuous integration that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { inCI } from './command.mjs';
import { installFolder, printAndRun } from './install-folder.mjs';
import { root } from './packages.mjs';

const onPath = (program) => process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Also looks in /usr/sbin, where daemons are: not every user has it on the PATH. */
const hasDaemon = (program) => onPath(program) || existsSync(join('/usr/sbin', program));

/** Also looks in the folders of Debian, which has one for each version of PostgreSQL and none of them on the PATH. */
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

/** What could not be installed: `{ what, remedy }`, where `remedy` is a command. */
const missing = [];

/** Installs the packages of the lock in `folder`. `what`: their name in the output. */
function setUpFolder(what, ...folder) {
  const left = installFolder(join(root, ...folder));
  if (left.length > 0) missing.push({ what: left.join(', '), remedy: `npm ci --prefix ${join(...folder)}` });
  else console.log(`${what}: installed`);
}

function setUpDebianPackages() {
  const absent = () => debianPackages.filter(({ present }) => !present()).map(({ name }) => name);
  const wanted = absent();
  if (wanted.length > 0) installDebianPackages(wanted);
  const left = absent();
  if (left.length > 0) {
    missing.push({ what: left.join(', '), remedy: `sudo apt-get install --no-install-recommends ${left.join(' ')}` });
  } else console.log(`Debian packages: installed (${debianPackages.map(({ name }) => name).join(', ')})`);
}

function installDebianPackages(names) {
  const isRoot = process.getuid?.() === 0;
  const maySudo = () => onPath('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0;
  if (!onPath('apt-get') || !(isRoot || maySudo())) return;
  const asRoot = (program, ...args) => (isRoot ? printAndRun(program, args) : printAndRun('sudo', [program, ...args]));
  const aptGet = (...args) =>
    asRoot('env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=300', ...args);
  const allowCluster = isRoot && names.includes('postgresql') ? forbidCluster() : () => undefined;
  const services = debianPackages.filter(({ name, service }) => service && names.includes(name));
  const allowStarts = services.length > 0 ? forbidStarts(services, asRoot) : () => undefined;
  try {
    const install = () => aptGet('install', '--yes', '--no-install-recommends', ...names);
    // Without package lists, apt knows no packages. Old lists name files that no longer exist.
    if (!hasPackageLists()) aptGet('update');
    if (!install() && aptGet('update')) install();
  } finally {
    allowStarts();
    allowCluster();
  }
}

const hasPackageLists = () => {
  const lists = '/var/lib/apt/lists';
  return existsSync(lists) && readdirSync(lists).some((file) => file.includes('_Packages'));
};

/**
 * Debian creates and starts a database cluster when postgresql is installed. The tests create their own clusters in temporary folders, so this
 * forbids it. Returns a function that allows it again.
 */
function forbidCluster() {
  const setting = '/etc/postgresql-common/createcluster.d/triphase.conf';
  mkdirSync(dirname(setting), { recursive: true });
  writeFileSync(setting, 'create_main_cluster = false\n');
  return () => rmSync(setting, { force: true });
}

/**
 * Debian starts a service when its package is installed, and at each boot: nginx on port 80. The tests start these programs themselves, so
 * `policy-rc.d` forbids starts during the installation. An existing `policy-rc.d` stays. Returns a function that removes ours and disables the
 * services at boot.
 */
function forbidStarts(services, asRoot) {
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
