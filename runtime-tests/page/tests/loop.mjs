import assert from 'node:assert/strict';

export const loop = [
  {
    name: 'B1: a running reactor that has nothing to do asks a page for nothing, sixty frames long',
    async run({ page }) {
      const [before, after] = await page.evaluate(async () => {
        const reactor = new BrowserReactor();
        void reactor.run();
        await new Promise((resolve) => reactor.callSoon(resolve));
        const frames = async (count) => {
          for (let n = 0; n < count; n++) await new Promise(requestAnimationFrame);
        };
        await frames(2);
        const { requestAnimationFrame: asked, ...before } = calls;
        await frames(60);
        const { requestAnimationFrame: askedLater, ...after } = calls;
        return [
          { ...before, frames: asked },
          { ...after, frames: askedLater - 60 },
        ];
      });
      assert.deepEqual(after, before);
    },
  },
  {
    name: 'B1: one frame is asked for, however much is queued before it comes',
    async run({ page }) {
      const frames = await page.evaluate(async () => {
        const reactor = new BrowserReactor();
        void reactor.run();
        await new Promise((resolve) => reactor.callSoon(resolve));
        await pass(100); // the reactor has nothing to do now, and asks for no frame
        const { requestAnimationFrame: before } = calls;
        for (let n = 0; n < 500; n++) reactor.callSoon(() => undefined);
        return calls.requestAnimationFrame - before; // no frame can come in between
      });
      assert.equal(frames, 1);
    },
  },
  {
    name: 'B2: between two frames the reactor requests its slices by messages, and each slice runs many calls',
    async run({ page }) {
      const { messages, calls: made } = await page.evaluate(async () => {
        const reactor = new BrowserReactor({ maxBatch: 50 });
        void reactor.run();
        await new Promise(requestAnimationFrame);
        const { postMessage: before } = calls;
        let made = 0;
        for (let n = 0; n < 500; n++) reactor.callSoon(() => made++);
        await new Promise((resolve) => reactor.callSoon(resolve));
        return { messages: calls.postMessage - before, calls: made };
      });
      assert.equal(made, 500);
      assert.ok(messages >= 1 && messages <= 20, `${messages} messages for ten slices`);
    },
  },
  {
    name: 'B3: under calls without end frames go on, and at most a hundred calls of 1 ms come between two',
    async run({ page }) {
      const between = await page.evaluate(async () => {
        const reactor = new BrowserReactor();
        void reactor.run();
        let made = 0;
        const call = () => {
          const end = performance.now() + 1;
          while (performance.now() < end);
          made++;
          if (globalThis.isSaturated) reactor.callSoon(call);
        };
        globalThis.isSaturated = true;
        reactor.callSoon(call);
        const counts = [];
        for (let n = 0; n < 60; n++) {
          made = 0;
          await new Promise(requestAnimationFrame);
          counts.push(made);
        }
        globalThis.isSaturated = false;
        return counts;
      });
      const most = Math.max(...between);
      const all = between.reduce((sum, made) => sum + made, 0);
      assert.ok(most <= 100, `${most} calls between two frames: ${between}`);
      assert.ok(all >= 120, `no more than ${all} calls in 60 frames: ${between}`);
    },
  },
];
