import assert from 'node:assert/strict';
import { hops, untilText } from '../engines/in-tab.mjs';
import { framesOf, heldAfterFrames, requestsInFrames, twoPictures, untilFrames } from './user.mjs';

const frameworkTests = ['react', 'vue', 'svelte'].flatMap((name) => [
  {
    name: `B4: ${name}: a mounted component has one frame callback, and none after it is unmounted`,
    async run({ browser, server }) {
      const tab = await browser.open(server.url(name));
      await untilFrames(tab, 3);
      assert.equal(await tab.evaluate(() => callbacks.size), 1); // also under StrictMode, which mounts twice
      await tab.evaluate(() => document.querySelector('button').click());
      await untilText(tab, 'button', /Show/);
      assert.deepEqual(await heldAfterFrames(tab), { callbacks: 0, frames: 0, timed: 0, state: 'running' });
      await tab.evaluate(() => document.querySelector('button').click());
      await untilFrames(tab, 3);
      assert.equal(await tab.evaluate(() => callbacks.size), 1);
      await tab.evaluate(() => void page.unmount());
      assert.deepEqual(await heldAfterFrames(tab), { callbacks: 0, frames: 0, timed: 0, state: 'running' });
      await tab.close();
    },
  },
  {
    name: `B5: ${name}: the frame callback is not called in a hidden page, and goes on when the page is shown`,
    async run({ browser, server }) {
      const tab = await browser.open(server.url(name));
      await untilFrames(tab, 3);
      await tab.hide();
      await hops(tab, 100);
      const frames = await framesOf(tab);
      await hops(tab, 100);
      assert.equal(await framesOf(tab), frames);
      assert.equal(await tab.evaluate(() => callbacks.size), 1);
      assert.equal(await tab.evaluate(() => held().frames), 0);
      await tab.show();
      await untilFrames(tab, frames + 3);
      await tab.close();
    },
  },
]);

/** Both pages turn an object with sides of about 100 pixels, on a canvas of 400 by 300. */
const sceneTests = ['three', 'pixi'].map((name) => ({
  name: `B4: ${name}: the scene is drawn and turns in the frames of the reactor, and the page requests no other frame`,
  lacking: ({ lackingWebGL }) => lackingWebGL,
  async run({ browser, server }) {
    const tab = await browser.open(server.url(name));
    const { painted, different } = await twoPictures(tab);
    assert.ok(painted > 5_000 && painted < 100_000, `${painted} pixels are painted`);
    assert.ok(different > 0);
    assert.deepEqual(await requestsInFrames(tab), Array(10).fill(1));
    await tab.evaluate(() => runs[0].reactor.stop());
    assert.deepEqual(await tab.evaluate(() => held()), { listeners: 0, frames: 0, timed: 0 });
    await tab.close();
  },
}));

const pixiTests = [
  {
    name: 'B4: pixi: its tickers are stopped, and count the time of the reactor without the time in which the page was hidden',
    lacking: ({ lackingWebGL }) => lackingWebGL,
    async run({ browser, server }) {
      const tab = await browser.open(server.url('pixi'));
      await twoPictures(tab);
      assert.deepEqual(await tab.evaluate(() => tickers().map(({ started }) => started)), [false, false, false]);
      await tab.evaluate(() => {
        globalThis.times = { ticker: [], reactor: [] };
        tickers()[2].add(({ deltaMS }) => times.ticker.push(deltaMS));
        runs[0].reactor.onFrame(({ delta }) => delta > 0 && times.reactor.push(delta), { order: -1 });
      });
      // Long enough to show in a delta. A browser may make it longer, since it delays the timers of a hidden page.
      await tab.hide();
      await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
      const { ticker: before } = await tab.evaluate(() => times);
      await hops(tab, 100);
      assert.equal((await tab.evaluate(() => times)).ticker.length, before.length);
      await tab.show();
      const { ticker, reactor } = await tab.evaluate(async () => {
        const count = times.ticker.length;
        while (times.ticker.length < count + 5) await new Promise((resolve) => setTimeout(resolve, 10));
        return times;
      });
      const rounded = (deltas) => deltas.map((delta) => delta.toFixed(3));
      assert.deepEqual(rounded(ticker).slice(-5), rounded(reactor).slice(-5));
      await tab.close();
    },
  },
];

export const tests = [...frameworkTests, ...sceneTests, ...pixiTests];
