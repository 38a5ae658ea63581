/** The topic `size` (P13): the size of bundles, minified and gzipped, as `npm run size` measures it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleSize } from '../../scripts/bundle-size.mjs';
import { root } from '../../scripts/packages.mjs';

export const title = 'Size';

const BARS = { '{ NodeReactor }': 15_000, '{ BrowserReactor }': 14_000 };

export function groups() {
  const all = JSON.parse(readFileSync(join(root, 'scripts', 'size-budgets.json'), 'utf8'));
  const budgets = all.filter(({ code }) => code !== undefined);
  const cases = budgets.map(({ name, code, condition }) => [
    name,
    { value: async () => (await bundleSize(code, condition)).size },
  ]);
  return [
    {
      title: 'P13: bytes of a bundle, minified and gzipped',
      unit: 'B',
      baseline: 'core',
      settings: { rounds: 1, warmUps: 0 },
      cases: Object.fromEntries(cases),
      claims: budgets.map(({ name, budget }) => ({
        metric: 'P13',
        workload: `min + gz, ${name}`,
        remark: budget === undefined ? 'as small as it gets' : `the budget is ${budget} B`,
        of: name,
        bar: BARS[name],
      })),
    },
  ];
}
