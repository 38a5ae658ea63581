/**
 * Rolling restarts of two instances on this Node behind HAProxy and nginx, with the files of examples/http-balancers. No request may fail.
 *
 * Run it alone with `node runtime-tests/balancers.run.mjs`, after `npm run build`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/packages.mjs';
import { example, haproxy, nginx } from './balancers/balancer.mjs';
import { rollingStops } from './balancers/rolling-stops.mjs';
import { LEAD_MS, NO_RETRIES } from './balancers/settings.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const lacking = [haproxy, nginx].map((balancer) => balancer.lacking).filter(Boolean);
if (lacking.length > 0) leaveOut(lacking.join('; '));

const assertNothingBroken = ({ errors, lost, repeated, statuses }) =>
  assert.deepEqual(
    { errors, lost, repeated, statuses: new Set(statuses) },
    { errors: {}, lost: 0, repeated: 0, statuses: new Set([0]) },
  );

const tally = new Tally();
await tally.check(
  'N15: no request fails when two instances behind HAProxy are stopped and started in turn',
  async () => {
    assertNothingBroken(await rollingStops({ balancer: haproxy, leadTime: LEAD_MS, stops: 4 }));
  },
);
const noRetries = [NO_RETRIES];
await tally.check('N15: behind HAProxy no request fails with the lead time alone, without retries', async () => {
  assertNothingBroken(await rollingStops({ balancer: haproxy, leadTime: LEAD_MS, stops: 2, changes: noRetries }));
});
await tally.check(
  'N15: behind HAProxy no request fails without retries and with the probes on a port of their own',
  async () => {
    assertNothingBroken(
      await rollingStops({ balancer: haproxy, leadTime: LEAD_MS, stops: 2, changes: noRetries, withProbesPort: true }),
    );
  },
);
await tally.check('N15: no request fails when two instances behind nginx are stopped and started in turn', async () => {
  assertNothingBroken(await rollingStops({ balancer: nginx, leadTime: 0, stops: 6 }));
});
await tally.check(
  'N15: without lead time and retries HAProxy answers with 503, but the service loses and repeats no request',
  async () => {
    // This test shows that the tests above can fail.
    const { errors, lost, repeated } = await rollingStops({
      balancer: haproxy,
      leadTime: 0,
      stops: 2,
      changes: noRetries,
    });
    assert.ok(errors[503] > 0, JSON.stringify(errors)); // HAProxy answers so when it cannot connect
    assert.deepEqual({ lost, repeated }, { lost: 0, repeated: 0 });
  },
);
await tally.check('docs/balancers.md shows the configuration files of the example unchanged', () => {
  const page = readFileSync(join(root, 'docs', 'balancers.md'), 'utf8');
  for (const [file, fence] of Object.entries({ 'haproxy.cfg': 'haproxy', 'nginx.conf': 'nginx' })) {
    const block = `\`\`\`${fence}\n${readFileSync(join(example, file), 'utf8')}\`\`\``;
    assert.ok(page.includes(block), `${file} differs from its block on the page: copy the file into the block`);
  }
});
tally.close();
