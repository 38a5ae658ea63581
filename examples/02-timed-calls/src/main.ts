// Timed calls run in the order of their deadlines; one that is cancelled never runs, and every() repeats on a fixed grid.
import { every, sleep } from '@triphase/core';
import { runService } from '@triphase/node-reactor';

await runService((app) => {
  app.callLater(500, () => console.log('third, after 500 ms'));
  app.callLater(100, () => console.log('first, after 100 ms'));
  app.callLater(100, () => console.log('second: the same delay, made later'));
  const postponed = app.callLater(200, () => console.log('fourth: it was put off to 750 ms'));
  const cancelled = app.callLater(50, () => console.log('this is never printed'));

  postponed.reset(750);
  cancelled.cancel();
  console.log(`waiting: ${String(app.getDelayedCalls().length)} calls`);

  app.callWhenRunning(async () => {
    await sleep(app, 800); // a delay as a promise
    console.log('fifth: now a tick every 10 ms');
    let ticks = 0;
    every(app, 10, () => {
      console.log(`tick ${String(++ticks)}`);
      if (ticks === 3) void app.stop(); // every() ends when stopping begins
    });
  });
});
