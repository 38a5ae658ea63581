/** The settings that docs/balancers.md compares: `setting` is what its table says, the rest is for `rollingStops`. */
import { haproxy, nginx } from './balancer.mjs';

/** The lead time that belongs to haproxy.cfg: 2 checks, 500 ms apart, and a margin. Milliseconds. */
export const LEAD_MS = 1_500;

const CHECK = 'check inter 500ms fall 2 rise 2';
const NO_RETRIES = ['retries 3', 'retries 0'];
const DEFAULT_CHECK = [CHECK, 'check'];

/** Requests that come when an idle connection closes: a stopping service closes one after 500 ms. */
const seldom = { clients: 40, pause: () => 440 + Math.random() * 120 };

/** What the page recommends. */
export const recommended = [
  { setting: '`haproxy.cfg` as it is', balancer: haproxy, leadTime: LEAD_MS },
  {
    setting: '`haproxy.cfg`, probes on a port of their own',
    balancer: haproxy,
    leadTime: LEAD_MS,
    withProbesPort: true,
  },
  { setting: '`haproxy.cfg`, a request every 0.5 s', balancer: haproxy, leadTime: LEAD_MS, ...seldom },
  { setting: '`nginx.conf` as it is', balancer: nginx, leadTime: 0 },
  { setting: '`nginx.conf`, a request every 0.5 s', balancer: nginx, leadTime: 0, ...seldom },
];

/** One setting changed: what is still well, and what breaks. */
export const others = [
  { setting: '`retries 0`', balancer: haproxy, leadTime: LEAD_MS, changes: [NO_RETRIES], stops: 10 },
  { setting: '`haproxy.cfg`, no lead time', balancer: haproxy, leadTime: 0, stops: 10 },
  {
    setting: '`haproxy.cfg`, no lead time, a request every 0.5 s',
    balancer: haproxy,
    leadTime: 0,
    ...seldom,
    stops: 20,
  },
  { setting: '`retries 0`, no lead time', balancer: haproxy, leadTime: 0, changes: [NO_RETRIES], stops: 4 },
  {
    setting: '`retries 0`, lead time below `inter` × `fall`',
    balancer: haproxy,
    leadTime: 500,
    changes: [NO_RETRIES],
    stops: 4,
  },
  {
    setting: "`retries 0`, HAProxy's own `inter 2s fall 3`",
    balancer: haproxy,
    leadTime: 6_500,
    changes: [NO_RETRIES, DEFAULT_CHECK],
    stops: 4,
  },
  {
    setting: '`retries 0`, the same, lead time too short',
    balancer: haproxy,
    leadTime: 2_500,
    changes: [NO_RETRIES, DEFAULT_CHECK],
    stops: 4,
  },
  {
    setting: '`retries 0`, no `option httpchk`',
    balancer: haproxy,
    leadTime: LEAD_MS,
    changes: [NO_RETRIES, ['    option httpchk GET /readyz\n', ''], ['    http-check expect status 200\n', '']],
    stops: 4,
  },
  {
    setting: '`retries 0`, `http-reuse always`',
    balancer: haproxy,
    leadTime: LEAD_MS,
    changes: [NO_RETRIES, ['    balance roundrobin\n', '    balance roundrobin\n    http-reuse always\n']],
    stops: 4,
  },
  {
    setting: '`on-marked-down shutdown-sessions`',
    balancer: haproxy,
    leadTime: LEAD_MS,
    changes: [[CHECK, `${CHECK} on-marked-down shutdown-sessions`]],
    stops: 4,
  },
  {
    setting: '`keepalive_timeout` not set, a request every 0.5 s',
    balancer: nginx,
    leadTime: 0,
    changes: [['        keepalive_timeout 400ms;\n', '']],
    ...seldom,
    stops: 20,
  },
  {
    setting: 'no `keepalive`',
    balancer: nginx,
    leadTime: 0,
    changes: [
      ['        keepalive 32;\n', ''],
      ['        keepalive_timeout 400ms;\n', ''],
    ],
    stops: 10,
  },
  {
    setting: '`max_fails` not set, next stop within 10 s',
    balancer: nginx,
    leadTime: 0,
    changes: [[' max_fails=0', '']],
    waitForBalancer: false,
    stops: 4,
  },
  {
    setting: '`max_fails` not set, next stop once nginx sends requests again',
    balancer: nginx,
    leadTime: 0,
    changes: [[' max_fails=0', '']],
    stops: 4,
  },
  {
    setting: '`proxy_next_upstream off`',
    balancer: nginx,
    leadTime: 0,
    changes: [['proxy_next_upstream error timeout', 'proxy_next_upstream off']],
    stops: 4,
  },
];
