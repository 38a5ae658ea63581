import { resource, type OnError, type ReactorBase } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { EntriesService } from './entries-service.ts';
import { injectFault, withFault } from './faults.ts';
import { HttpService } from './http-service.ts';
import { openDatabase } from './open-database.ts';
import { readSettings, readShutdownDeadline, type Environment, type Settings } from './settings.ts';

/** Runs one ledger until it is stopped, and tells on the console how that went; the exit status tells it too. */
export async function runLedger(environment: Environment): Promise<void> {
  try {
    const { shutdown } = await runService((app) => setUp(app, environment), {
      limits: { shutdown: { deadline: readShutdownDeadline(environment) } },
      watchdog: true,
      onError,
    });
    console.log(String(shutdown));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}

function setUp(app: ReactorBase, environment: Environment): void {
  let settings: Settings;
  const database = app.use(
    resource(
      'database',
      async () => withFault(await openDatabase(settings.database), settings.fault, app),
      (opened) => opened.close(),
    ),
  );
  const entries = app.use(new EntriesService(database));
  app.use(new HttpService(app, entries, () => settings.port));
  app.on(
    'startup',
    {
      before: () => {
        settings = readSettings(environment);
        injectFault(app, settings.fault);
      },
    },
    { name: 'settings' },
  );
  app.on('shutdown', {
    before: function sayWhy({ detail }) {
      console.log(`stopping: ${detail.signal ?? detail.kind}`);
    },
  });
  app.callSoon(async () => {
    console.log(String(await app.startupReport));
  });
}

/** A failed start is told once, by `runLedger`. */
const onError: OnError = (error, { name, event, phase }) => {
  if (event === 'startup') return;
  console.error(`error in ${name}${phase === undefined ? '' : ` (${String(event)}, ${phase})`}:`, error);
};
