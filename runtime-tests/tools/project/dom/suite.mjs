/** Tests of page code, as users write them for a DOM without a browser. */
import { BrowserReactor } from '@triphase/browser-reactor';
import assert from 'node:assert/strict';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** `timers` are the fake timers of the runner: `{ install(), advance(ms), count(), uninstall() }`. */
export function suite(test, timers) {
  test('a reactor runs queued calls, timed calls and frames, and stops', async () => {
    const reactor = new BrowserReactor();
    const journal = [];
    reactor.on('startup', () => journal.push('startup'));
    reactor.on('shutdown', async () => {
      await new Promise((resolve) => reactor.callLater(5, resolve));
      journal.push('shutdown');
    });
    const run = reactor.run();
    // Some of these turns come between two frames.
    for (let n = 0; n < 20; n++) await new Promise((resolve) => reactor.callSoon(resolve));
    await new Promise((resolve) => reactor.callLater(5, resolve));
    await new Promise((resolve) => {
      const handle = reactor.onFrame(() => {
        handle.remove();
        resolve();
      });
    });
    const { reason } = await reactor.stop();
    assert.equal((await run).reason, reason);
    assert.deepEqual([journal, reason.kind, reactor.state], [['startup', 'shutdown'], 'stop', 'stopped']);
  });

  test('under fake timers nothing runs until they are advanced', async () => {
    const { setTimeout } = globalThis;
    const waitInRealTime = (ms) => new Promise((resolve) => setTimeout.call(globalThis, resolve, ms));
    timers.install();
    const reactor = new BrowserReactor();
    const ran = [];
    try {
      void reactor.run();
      await Promise.resolve();
      const call = () => {
        ran.push('soon');
        reactor.callSoon(call);
      };
      reactor.callSoon(call);
      reactor.callLater(30, () => ran.push('later'));
      const handle = reactor.onFrame(() => ran.push('frame'));
      await waitInRealTime(100);
      assert.deepEqual(ran, []);
      await timers.advance(100);
      assert.deepEqual(
        ['soon', 'later', 'frame'].filter((one) => !ran.includes(one)),
        [],
      );
      assert.equal(ran.filter((one) => one === 'later').length, 1);
      handle.remove();
      const { length } = ran;
      await waitInRealTime(100);
      assert.equal(ran.length, length);
      reactor.crash();
      assert.equal(timers.count(), 0);
    } finally {
      timers.uninstall();
    }
  });

  test('an idle reactor does not keep the process alive', async () => {
    const reactor = new BrowserReactor();
    void reactor.run();
    await new Promise((resolve) => reactor.callSoon(resolve));
    await wait(5);
  });
}
