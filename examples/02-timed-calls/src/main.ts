// Timed calls run in the order of their deadlines. A cancelled call never runs. every() repeats a call at a fixed interval.
import { every, sleep } from '@triphase/core';
import { runService } from '@triphase/node-reactor';

await runService((app) => {
  app.callLater(500, () => console.log('third, after 500 ms'));
  app.callLater(100, () => console.log('first, after 100 ms'));
  app.callLater(100, () => console.log('second: the same delay, made later'));
  const postponed = app.callLater(200, () => console.log('fourth: postponed to 750 ms'));
  const cancelled = app.callLater(50, () => console.log('this is never printed'));

  postponed.reset(750);
  cancelled.cancel();
  console.log(`waiting: ${app.getDelayedCalls().length} calls`);

  app.callWhenRunning(async () => {
    await sleep(app, 800); // resolves after the delay
    console.log('fifth: now a tick every 10 ms');
    let ticks = 0;
    every(app, 10, () => {
      console.log(`tick ${++ticks}`);
      if (ticks === 3) void app.stop(); // every() ends when stopping begins
    });
  });
});
