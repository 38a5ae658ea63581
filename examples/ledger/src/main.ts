import { createNodeReactor } from '@triphase/node-reactor';
import { DatabaseService } from './database-service.ts';
import { HttpService } from './http-service.ts';
import { SettingsService } from './settings-service.ts';

const reactor = createNodeReactor({
  onError: (error, { name, event, phase }) => {
    // A failed start is told once, below.
    if (event !== 'startup') console.error(`error in ${name} (${String(event)}, ${String(phase)}):`, error);
  },
});

const settings = reactor.use(new SettingsService(process.env));
const database = reactor.use(new DatabaseService(settings));
reactor.use(new HttpService(reactor, settings, database));
reactor.on('shutdown', {
  before: function sayWhy({ detail }) {
    console.log(`stopping: ${detail.signal ?? detail.kind}`);
  },
});

try {
  const run = reactor.run();
  console.log(String(await reactor.startupReport));
  const result = await run;
  console.log(String(result.shutdown));
  if (result.errors.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
