/** The topic `imports` (P12): the CPU time of the first import in a process that does nothing else. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProgram } from '../harness/program.mjs';
import { peerFolder } from '../harness/peers.mjs';
import { root } from '../../scripts/packages.mjs';

export const title = 'Import';

const dist = (name, file) => join(root, 'packages', name, 'dist', file);
const bytesOf = (...files) => files.reduce((sum, file) => sum + statSync(file).size, 0);

export function groups({ quick }) {
  const core = bytesOf(dist('core', 'index.js'));
  const both = core + bytesOf(dist('node-reactor', 'index.js'));
  const folder = mkdtempSync(join(tmpdir(), 'triphase-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'import.cjs');
  copyFileSync(join(import.meta.dirname, '..', 'programs', 'import.cjs'), program);
  const importing = (name) => ({ value: () => runProgram(program, [name], []) });
  const inPackages = (name) => join(folder, 'node_modules', name);
  /** Writes a package of one file, and returns the case that imports it. */
  const write = (name, text) => {
    mkdirSync(inPackages(name), { recursive: true });
    writeFileSync(
      join(inPackages(name), 'package.json'),
      JSON.stringify({ name, type: 'module', exports: './index.js' }),
    );
    writeFileSync(join(inPackages(name), 'index.js'), text);
    return importing(name);
  };
  const link = (name, target) => {
    mkdirSync(dirname(inPackages(name)), { recursive: true });
    symlinkSync(target, inPackages(name), 'junction');
    return importing(name);
  };
  /** The names of the cases that ours is compared with. */
  const floors = { core: `an ESM file of ${core} bytes`, both: `an ESM file of ${both} bytes` };
  return [
    {
      title: 'P12: CPU time of the first import, in a process of its own',
      note: 'The process runs a CommonJS file, so the figure includes the setup of the module loader. All are imported by name, from packages. The ESM file has as many bytes as ours, and contains functions that nothing calls.',
      unit: 'ms',
      baseline: floors.core,
      settings: quick ? { rounds: 1 } : { rounds: 21 },
      cases: {
        [floors.core]: write('plain-core', plainModule(core)),
        [floors.both]: write('plain-both', plainModule(both)),
        'two such files, one imports the other': write(
          'plain-two',
          `import 'plain-core';\n${plainModule(both - core)}`,
        ),
        'the text of core, in a function that nobody calls': write(
          'unused',
          inFunction(readFileSync(dist('core', 'index.js'), 'utf8')),
        ),
        '@triphase/core': link('@triphase/core', join(root, 'packages', 'core')),
        '@triphase/node-reactor': link('@triphase/node-reactor', join(root, 'packages', 'node-reactor')),
        mitt: link('mitt', peerFolder('mitt')),
        avvio: link('avvio', peerFolder('avvio')),
        rxjs: link('rxjs', peerFolder('rxjs')),
      },
      claims: [
        { metric: 'P12', workload: 'cold import of core', of: '@triphase/core', against: floors.core, bar: 1.25 },
        {
          metric: 'P12',
          workload: 'cold import of node-reactor',
          of: '@triphase/node-reactor',
          against: floors.both,
          bar: 1.25,
        },
      ],
    },
  ];
}

/** The same text inside a function that nothing calls: Node only parses it. */
const inFunction = (text) => `export function unused() {\n${text.slice(0, text.lastIndexOf('export {'))}\n}\n`;

/** The text of an ESM file of exactly `bytes` bytes. Its functions are about as long as ours. */
function plainModule(bytes) {
  let text = '';
  for (let i = 0; text.length < bytes; i++) {
    text += `export function plain${i}(first, second) {
  const names = [];
  for (const item of first) {
    if (item.name !== undefined && item.place > second.place) names.push(item.name);
    else second.add(item, names.length);
  }
  return names.length > 0 ? names.join(', ') : second.describe(names);
}
`;
  }
  const whole = text.slice(0, text.lastIndexOf('export', bytes - 3));
  return `${whole}//${'-'.repeat(bytes - whole.length - 3)}\n`;
}
