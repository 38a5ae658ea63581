import assert from 'node:assert/strict';

export const hidden = [
  {
    name: 'B5: when the page is hidden, a message replaces the requested frame, and no call is lost or repeated',
    async run({ page }) {
      await page.evaluate(() => {
        // With a message window of 0 only frames give turns while the page is visible.
        const reactor = new BrowserReactor({ messageWindowMs: 0, whenHidden: 'run' });
        void reactor.run();
        const ran = { visible: 0, hidden: 0, order: [] };
        let resolveStarted;
        let resolveEnded;
        const started = new Promise((resolve) => {
          resolveStarted = resolve;
        });
        const ended = new Promise((resolve) => {
          resolveEnded = resolve;
        });
        let queued = 0;
        const call = (number) => {
          ran[document.visibilityState] += 1;
          ran.order.push(number);
          if (ran.visible === 10) resolveStarted();
          if (ran.hidden < 500) queue();
          else resolveEnded();
        };
        const queue = () => {
          const number = queued++;
          reactor.callSoon(() => call(number));
        };
        document.addEventListener('visibilitychange', () => {
          ran.atHiding ??= { ...calls };
        });
        Object.assign(globalThis, { ran, ended, reactor });
        queue();
        return started;
      });
      await page.hide();
      const hidden = await page.evaluate(async () => {
        await ended;
        const { order, atHiding } = ran;
        return { state: document.visibilityState, order, hidden: ran.hidden, atHiding, now: calls };
      });
      assert.equal(hidden.state, 'hidden');
      assert.deepEqual(hidden.order, [...hidden.order.keys()]);
      assert.equal(hidden.hidden, 500);
      assert.equal(hidden.atHiding.cancelAnimationFrame, 1);
      assert.equal(hidden.now.requestAnimationFrame, hidden.atHiding.requestAnimationFrame);
      await page.show();
      const shown = await page.evaluate(async () => {
        while (document.visibilityState === 'hidden') {
          await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
        }
        const before = { ...calls };
        await new Promise((resolve) => reactor.callSoon(resolve));
        return { frames: calls.requestAnimationFrame - before.requestAnimationFrame, ran: ran.order.length };
      });
      assert.deepEqual(shown, { frames: 1, ran: hidden.order.length });
    },
  },
];
