// An event has three phases: before prepares, during does it, after cleans up; each begins when the one ahead of it is over.
import { createNodeReactor } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';

const reactor = createNodeReactor();

reactor.on('startup', {
  before: () => console.log('before startup: the settings are read'),
  during: () => console.log('during startup: the doors open'),
  after: () => console.log('after startup: hello'),
});

reactor.on('shutdown', {
  before: () => console.log('before shutdown: nobody comes in any more'),
  during: async () => {
    await wait(20); // after waits for this
    console.log('during shutdown: the last guest has left');
  },
  after: () => console.log('after shutdown: the lights are out'),
});

reactor.callWhenRunning(() => {
  console.log('running: stop() asks for the end');
  return reactor.stop();
});

const result = await reactor.run();
console.log(`the run is over: ${result.reason.kind}`);
