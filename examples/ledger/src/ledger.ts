import { formatReport, inFlight, resource, type OnError, type ReactorBase } from '@triphase/core';
import { runService, watchdog } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { EntriesService } from './entries-service.ts';
import { injectFault, withFault } from './faults.ts';
import { FaultyQueue } from './faulty-queue.ts';
import { Feed } from './feed.ts';
import { createLedgerServer } from './http-server.ts';
import { openDatabase } from './open-database.ts';
import { CONCURRENCY, receiptWriter } from './receipt-writer.ts';
import { checkSettings, readSettings, type Environment, type Settings } from './settings.ts';
import { sweepRegularly } from './sweep.ts';
import { WorkQueue } from './work-queue.ts';

const ADDRESS = '127.0.0.1';
/** Maximum time for the last answers to reach their clients, after the port has closed. Milliseconds. */
const DRAIN_TIMEOUT_MS = 10_000;
/** Maximum time for the running jobs during a stop. Jobs that take longer are given back. Milliseconds. */
const WORK_DRAIN_TIMEOUT_MS = 5_000;

/** Runs a ledger until it is stopped, then prints the report of the shutdown. */
export async function runLedger(environment: Environment): Promise<void> {
  const settings = readSettings(environment);
  try {
    const { shutdown } = await runService((app) => setUp(app, settings), {
      limits: { shutdown: { deadline: settings.shutdownDeadline } },
      watchdog: watchdog(),
      onError,
    });
    if (shutdown !== undefined) console.log(formatReport(shutdown));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}

function setUp(app: ReactorBase, settings: Settings): void {
  const database = app.use(
    resource(
      'database',
      async () => withFault(await openDatabase(settings.database), settings.fault, app),
      (opened) => opened.close(),
    ),
  );
  const entries = app.use(new EntriesService(database));
  const http = app.use(
    serveHttp(createLedgerServer(entries, new Feed(entries)), {
      port: settings.port,
      hostname: ADDRESS,
      needs: [entries],
      leadTime: settings.leadTime,
      idleGrace: settings.idleGrace,
      drainTimeout: DRAIN_TIMEOUT_MS,
    }),
  );
  const { fault } = settings;
  const queue = fault === undefined ? new WorkQueue(database) : new FaultyQueue(database, fault, app);
  const work = app.use(
    inFlight('work', { concurrency: CONCURRENCY, needs: [entries], drainTimeout: WORK_DRAIN_TIMEOUT_MS }),
  );
  app.use(receiptWriter(app, queue, work, settings.giveUpAfter));
  app.callWhenRunning(function startSweep() {
    sweepRegularly(app, queue);
  });
  app.on(
    'startup',
    {
      before: () => {
        checkSettings(settings);
        injectFault(app, settings.fault);
      },
    },
    { name: 'settings' },
  );
  app.on('startup', {
    after: function printAddress() {
      console.log(`listening on ${http.url} (pid ${process.pid})`);
    },
  });
  app.on('shutdown', {
    before: function printReason({ detail }) {
      console.log(`stopping: ${detail.signal ?? detail.kind}`);
    },
  });
  app.callSoon(async () => {
    const report = await app.startupReport;
    if (report !== undefined) console.log(formatReport(report));
  });
}

/** Errors of the startup are left out: `run` rejects with them, and `runLedger` prints that. */
const onError: OnError = (error, { name, event, phase }) => {
  if (event === 'startup') return;
  console.error(`error in ${name}${phase === undefined ? '' : ` (${String(event)}, ${phase})`}:`, error);
};
