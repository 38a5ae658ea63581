/** A rolling restart behind HAProxy and nginx, with the files of examples/http-balancers. Needs `npm run build` first. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/packages.mjs';
import { example, haproxy, nginx } from './balancers/balancer.mjs';
import { rollingStops } from './balancers/rolling-stops.mjs';
import { LEAD_MS } from './balancers/settings.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const lacking = [haproxy, nginx].map((balancer) => balancer.lacking).filter(Boolean);
if (lacking.length > 0) leaveOut(lacking.join('; '));

const nothingBroken = ({ errors, lost, repeated, statuses }) =>
  assert.deepEqual(
    { errors, lost, repeated, statuses: new Set(statuses) },
    { errors: {}, lost: 0, repeated: 0, statuses: new Set([0]) },
  );

const tally = new Tally();
await tally.check(
  'N15: two instances behind HAProxy are stopped and started in turn, and no request fails',
  async () => {
    nothingBroken(await rollingStops({ balancer: haproxy, leadTime: LEAD_MS, stops: 4 }));
  },
);
const noRetries = [['retries 3', 'retries 0']];
await tally.check('N15: the lead time alone is enough for that, without retries', async () => {
  nothingBroken(await rollingStops({ balancer: haproxy, leadTime: LEAD_MS, stops: 2, changes: noRetries }));
});
await tally.check('N15: the same with the probes on a port of their own', async () => {
  nothingBroken(
    await rollingStops({ balancer: haproxy, leadTime: LEAD_MS, stops: 2, changes: noRetries, withProbesPort: true }),
  );
});
await tally.check('N15: two instances behind nginx are stopped and started in turn, and no request fails', async () => {
  nothingBroken(await rollingStops({ balancer: nginx, leadTime: 0, stops: 6 }));
});
await tally.check(
  'N15: without lead time and retries, clients of HAProxy see errors, and the service breaks none',
  async () => {
    // Shows that the tests above can fail.
    const { errors, lost, repeated } = await rollingStops({
      balancer: haproxy,
      leadTime: 0,
      stops: 2,
      changes: noRetries,
    });
    assert.ok(errors[503] > 0, JSON.stringify(errors)); // from HAProxy, which cannot connect
    assert.deepEqual({ lost, repeated }, { lost: 0, repeated: 0 });
  },
);
await tally.check('docs/balancers.md shows the files of the example as they are', () => {
  const page = readFileSync(join(root, 'docs', 'balancers.md'), 'utf8');
  for (const [file, fence] of Object.entries({ 'haproxy.cfg': 'haproxy', 'nginx.conf': 'nginx' })) {
    const block = `\`\`\`${fence}\n${readFileSync(join(example, file), 'utf8')}\`\`\``;
    assert.ok(page.includes(block), `${file} differs from its block: copy it there`);
  }
});
tally.close();
