/**
 * `npm run docs:balancers`: stops instances behind HAProxy and nginx under load, and writes the errors that clients saw into the table of
 * docs/balancers.md. Takes about ten minutes.
 */
import { join } from 'node:path';
import { haproxy, nginx } from '../runtime-tests/balancers/balancer.mjs';
import { rollingStops } from '../runtime-tests/balancers/rolling-stops.mjs';
import { settings } from '../runtime-tests/balancers/settings.mjs';
import { buildPackages, seconds } from './command.mjs';
import { root } from './packages.mjs';
import { markdownTable, writeSection } from './page-section.mjs';

const file = join(root, 'docs', 'balancers.md');
const number = (n) => n.toLocaleString('en-US');

for (const { name, lacking } of [haproxy, nginx]) if (lacking) throw new Error(`${name}: ${lacking}`);
await buildPackages();

/** Stops the instances of one setting in turn. Returns the row of the table. */
async function measure({ setting, balancer, stops, ...options }) {
  const since = performance.now();
  const result = await rollingStops({ balancer, stops, ...options });
  const { answered, errors, broken, lost, repeated, statuses } = result;
  console.log(
    `${balancer.name}, ${setting}, ${stops} stops, ${seconds(since)}: ${JSON.stringify({ ...result, statuses: undefined })}`,
  );
  // These must hold with every balancer: each instance exits with 0, and each answered POST has run exactly once.
  if (lost + repeated > 0 || statuses.some((status) => status !== 0))
    throw new Error(`lost ${lost}, repeated ${repeated}, statuses ${statuses.join(' ')}`);
  const kinds = Object.entries(errors).map(([kind, n]) => `${number(n)} × \`${kind}\``);
  const shown = broken === 0 ? '0' : kinds.join(', ');
  return [balancer.name, setting, `${number(options.leadTime)} ms`, stops, number(answered), shown];
}

const rows = [['balancer', 'setting', 'lead time', 'stops', 'requests answered', 'errors seen by the clients']];
for (const one of settings) rows.push(await measure(one));

const text = `
${markdownTable(rows, [2, 3, 4, 5])}

Measured on ${new Date().toISOString().slice(0, 10)} with HAProxy ${haproxy.version}, nginx ${nginx.version} and Node ${process.versions.node} by
\`npm run docs:balancers\`, which writes this table.

`;
await writeSection(file, 'measured', text);
