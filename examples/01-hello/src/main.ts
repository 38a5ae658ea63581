// An event has three phases: "before" prepares, "during" acts, "after" cleans up. A phase begins when the one before it has ended.
import { runService } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';

const result = await runService((app) => {
  app.on('startup', {
    before: () => console.log('before startup: the settings are read'),
    during: () => console.log('during startup: the doors open'),
    after: () => console.log('after startup: hello'),
  });

  app.on('shutdown', {
    before: () => console.log('before shutdown: nobody comes in any more'),
    during: async () => {
      await wait(20); // `after` waits for this promise
      console.log('during shutdown: the last guest has left');
    },
    after: () => console.log('after shutdown: the lights are out'),
  });

  app.callWhenRunning(() => {
    console.log('running: stop() asks for the end');
    return app.stop();
  });
});
console.log(`the run is over: ${result.reason.kind}`);
