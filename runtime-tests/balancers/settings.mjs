/** The settings that docs/balancers.md compares. `setting` is the text in its table, the other properties are options of `rollingStops`. */
import { haproxy, nginx } from './balancer.mjs';

/** The lead time for haproxy.cfg: 2 checks, 500 ms apart, and a margin. Milliseconds. */
export const LEAD_MS = 1_500;

const CHECK = 'check inter 500ms fall 2 rise 2';
export const NO_RETRIES = { from: 'retries 3', to: 'retries 0' };
const DEFAULT_CHECK = { from: CHECK, to: 'check' };
const NO_HTTP_CHECK = [
  { from: '    option httpchk GET /readyz\n', to: '' },
  { from: '    http-check expect status 200\n', to: '' },
];
const DEFAULT_MAX_FAILS = { from: ' max_fails=0', to: '' };
const DEFAULT_IDLE_TIMEOUT = { from: '        keepalive_timeout 400ms;\n', to: '' };

/** Requests at about the time when an idle connection closes: a stopping service closes one after 500 ms. */
const seldom = { clients: 40, pause: () => 440 + Math.random() * 120 };

const onHaproxy = [
  { setting: '`haproxy.cfg` as it is', leadTime: LEAD_MS, stops: 20 },
  { setting: 'probes on a port of their own', leadTime: LEAD_MS, withProbesPort: true, stops: 10 },
  { setting: 'a request every 0.5 s', leadTime: LEAD_MS, ...seldom, stops: 10 },
  { setting: 'no lead time', leadTime: 0, stops: 10 },
  { setting: 'no lead time, a request every 0.5 s', leadTime: 0, ...seldom, stops: 20 },
  {
    setting: '`on-marked-down shutdown-sessions`',
    leadTime: LEAD_MS,
    changes: [{ from: CHECK, to: `${CHECK} on-marked-down shutdown-sessions` }],
    stops: 4,
  },
  { setting: '`retries 0`', leadTime: LEAD_MS, changes: [NO_RETRIES], stops: 10 },
  {
    setting: '`retries 0`, `http-reuse always`',
    leadTime: LEAD_MS,
    changes: [NO_RETRIES, { from: '    balance roundrobin\n', to: '    balance roundrobin\n    http-reuse always\n' }],
    stops: 4,
  },
  { setting: '`retries 0`, no lead time', leadTime: 0, changes: [NO_RETRIES], stops: 4 },
  { setting: '`retries 0`, lead time below `inter` × `fall`', leadTime: 500, changes: [NO_RETRIES], stops: 4 },
  {
    setting: '`retries 0`, no `option httpchk`',
    leadTime: LEAD_MS,
    changes: [NO_RETRIES, ...NO_HTTP_CHECK],
    stops: 4,
  },
  {
    setting: '`retries 0`, `check` with its defaults, `inter 2s fall 3`',
    leadTime: 6_500,
    changes: [NO_RETRIES, DEFAULT_CHECK],
    stops: 4,
  },
  {
    setting: '`retries 0`, `check` with its defaults, lead time too short',
    leadTime: 2_500,
    changes: [NO_RETRIES, DEFAULT_CHECK],
    stops: 4,
  },
];

const onNginx = [
  { setting: '`nginx.conf` as it is', stops: 20 },
  { setting: 'a request every 0.5 s', ...seldom, stops: 20 },
  {
    setting: '`keepalive_timeout` not set, a request every 0.5 s',
    changes: [DEFAULT_IDLE_TIMEOUT],
    ...seldom,
    stops: 20,
  },
  {
    setting: 'no `keepalive`',
    changes: [{ from: '        keepalive 32;\n', to: '' }, DEFAULT_IDLE_TIMEOUT],
    stops: 10,
  },
  {
    setting: '`max_fails` not set, next stop within 10 s',
    changes: [DEFAULT_MAX_FAILS],
    waitForBalancer: false,
    stops: 4,
  },
  { setting: '`max_fails` not set, next stop after 10 s', changes: [DEFAULT_MAX_FAILS], stops: 4 },
  {
    setting: '`proxy_next_upstream off`',
    changes: [{ from: 'proxy_next_upstream error timeout', to: 'proxy_next_upstream off' }],
    stops: 4,
  },
];

export const settings = [
  ...onHaproxy.map((one) => ({ balancer: haproxy, ...one })),
  ...onNginx.map((one) => ({ balancer: nginx, leadTime: 0, ...one })),
];
