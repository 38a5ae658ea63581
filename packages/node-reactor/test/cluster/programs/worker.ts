import { runService, type NodeReactor } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** The deployed version. A test rewrites the file to deploy another one. */
interface Deployed {
  readonly version: string;
  readonly fault?: string;
}

const { PORT, DEPLOYED = '', ACCEPTED } = process.env;
const { version, fault } = JSON.parse(readFileSync(DEPLOYED, 'utf8')) as Deployed;
const say = (text: string): void => console.log(`${version} ${text} ${process.pid}`);
const never = (): Promise<never> => new Promise(() => {});
const block = (): void => {
  for (;;);
};

say('begins');
if (fault === 'crashes') {
  console.error('the new version has a bug');
  process.exit(3);
}
if (fault === 'hangs') await never();
if (fault === 'blocks') block();

const server = createServer((request, response) => {
  if (request.url === '/crash') process.exit(5);
  if (request.url === '/slow') setTimeout(() => response.end(version), 300);
  else response.end(version);
});

// Writes down which process has taken which connection, and when, on the clock that all processes share.
if (ACCEPTED !== undefined)
  server.on('connection', ({ remotePort }) =>
    appendFileSync(ACCEPTED, `${remotePort} ${process.pid} ${process.hrtime.bigint()}\n`),
  );

if (fault === 'has no reactor') {
  process.once('SIGTERM', () => process.exit(0));
  server.listen(Number(PORT));
  await once(server, 'listening');
  say('listens');
} else {
  const hasLeadTime = fault === 'one has a lead time' && isSecond();
  const setup = (app: NodeReactor): void => {
    const fd = process.env['LISTEN_FDS'] === undefined ? {} : ({ fd: 'systemd' } as const);
    app.use(
      serveHttp(server, {
        probes: false,
        leadTime: hasLeadTime ? 120 : 0,
        ...('fd' in fd ? fd : { port: Number(PORT) }),
      }),
    );
    if (fault === 'waits' || (fault === 'second waits' && isSecond()))
      app.on('startup', ({ signal }) => until(`${DEPLOYED}.go`, signal));
    if (fault === 'starts with an error')
      app.on('startup', () => {
        throw new Error('cannot warm the cache');
      });
    const after = async (): Promise<void> => {
      if (fault === 'second fails' && isSecond()) throw new Error('there is one of us already');
      say('listens');
      if (fault === 'is never ready') await never();
      say('runs');
    };
    app.on('startup', { after }, { required: true });
    app.on('shutdown', {
      before: ({ detail }) => {
        say(`stops ${detail.kind}`);
        if (hasLeadTime) app.callLater(100, () => say('lead time is almost over'));
      },
      during: () => {
        if (fault === 'one has a lead time') say('drains');
        if (fault === 'blocks its stop') block();
        if (fault === 'stops slowly') return wait(500);
        if (fault === 'stops for ever') return never();
        if (fault === 'ends with 7') process.exitCode = 7;
        return undefined;
      },
      after: () => say('has stopped'),
    });
  };
  await runService(setup, { limits: { shutdown: { deadline: fault === 'one has a lead time' ? 5_000 : 1_500 } } });
}

/** Whether another worker has called it before. */
function isSecond(): boolean {
  try {
    writeFileSync(`${DEPLOYED}.first`, '', { flag: 'wx' });
    return false;
  } catch {
    return true;
  }
}

async function until(file: string, signal: AbortSignal): Promise<void> {
  say('waits');
  while (!existsSync(file)) await wait(10, undefined, { signal });
}
