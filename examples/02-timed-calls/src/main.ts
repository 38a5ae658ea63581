// Timed calls run in the order of their deadlines; one that is cancelled never runs, and every() repeats on a fixed grid.
import { every, sleep } from '@triphase/core';
import { createNodeReactor } from '@triphase/node-reactor';

const reactor = createNodeReactor();

reactor.callLater(500, () => console.log('third, after 500 ms'));
reactor.callLater(100, () => console.log('first, after 100 ms'));
reactor.callLater(100, () => console.log('second: the same delay, made later'));
const postponed = reactor.callLater(200, () => console.log('fourth: it was put off to 750 ms'));
const cancelled = reactor.callLater(50, () => console.log('this is never printed'));

postponed.reset(750);
cancelled.cancel();
console.log(`waiting: ${String(reactor.getDelayedCalls().length)} calls`);

reactor.callWhenRunning(async () => {
  await sleep(reactor, 800); // a delay as a promise
  console.log('fifth: now a tick every 10 ms');
  let ticks = 0;
  every(reactor, 10, () => {
    console.log(`tick ${String(++ticks)}`);
    if (ticks === 3) void reactor.stop(); // every() ends when stopping begins
  });
});

await reactor.run();
