import assert from 'node:assert/strict';

/** The style, and the site, with which an engine gives no frames to an iframe that counts as visible. */
const unrendered = {
  Chromium: { style: 'position: absolute; top: 6000px', isOtherSite: true },
  Firefox: { style: 'display: none', isOtherSite: false },
};

const skip = { WebKit: 'there such a frame gets frames, most of the time' };

/** In a page: opens an iframe, makes the global `ask`, which runs functions there, and waits until it gets no more frames. */
async function openUnrendered(address, style) {
  const frame = document.createElement('iframe');
  frame.style.cssText = style;
  frame.src = address;
  const ready = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
  document.body.append(frame);
  await ready;
  const ask = askThrough((message, transfer) => frame.contentWindow.postMessage(message, '*', transfer));
  const show = () => {
    frame.style.cssText = '';
    frame.scrollIntoView();
  };
  Object.assign(globalThis, { ask, show });
  await ask(async () => {
    globalThis.native = { frames: 0 };
    for (let before = -1; native.frames > before;) {
      before = native.frames;
      requestAnimationFrame(() => native.frames++);
      await pass(1_000);
    }
    native.frames = 0;
  });
}

/** Opens such an iframe in the page of a test. */
async function openUnrenderedIn({ page, url, mailbox, engine }) {
  const { style, isOtherSite } = unrendered[engine];
  const address = url(`/framed.html${mailbox.query}`);
  // Another name of the same server makes it another site.
  await page.evaluate(openUnrendered, isOtherSite ? address.replace('127.0.0.1', 'localhost') : address, style);
}

export const stalled = [
  {
    name: 'B16: in an iframe that is not rendered queued calls, timed calls, limits and the stop go on',
    skip,
    async run(context) {
      await openUnrenderedIn(context);
      const result = await context.page.evaluate(() =>
        ask(async () => {
          const reactor = await startReactor({ limits: { shutdown: { before: 50 } } });
          const order = [];
          reactor.onFrame(() => order.push('frame'));
          await new Promise((resolve) => {
            reactor.callSoon(() => order.push('soon'));
            reactor.callLater(300, () => resolve(order.push('later')));
          });
          for (let n = 0; n < 1_000; n++) await new Promise((resolve) => reactor.callSoon(resolve));
          reactor.on('shutdown', {
            before: () => new Promise(() => undefined),
            during: () => sleep(reactor, 20).then(() => order.push('during')),
          });
          const { shutdown } = await reactor.stop();
          return {
            order,
            abandoned: shutdown.abandoned.length,
            frames: native.frames,
            state: document.visibilityState,
          };
        }),
      );
      assert.deepEqual(result, { order: ['soon', 'later', 'during'], abandoned: 1, frames: 0, state: 'visible' });
    },
  },
  {
    name: 'B16: when the iframe is rendered again its frame callbacks are called, and frames give the turns',
    skip,
    async run(context) {
      await openUnrenderedIn(context);
      const { page } = context;
      await page.evaluate(() =>
        ask(async () => {
          const reactor = await startReactor();
          const called = { frames: 0 };
          reactor.onFrame(() => called.frames++);
          await new Promise((resolve) => reactor.callSoon(resolve));
          if (called.frames > 0) throw new Error('it has frames');
          Object.assign(globalThis, { reactor, called });
        }),
      );
      await page.evaluate(() => show());
      const messages = await page.evaluate(() =>
        ask(async () => {
          while (called.frames < 10) await new Promise(requestAnimationFrame);
          // After a pause of 25 ms the next turn must come from a frame, not from a message.
          const before = calls.postMessage;
          const { now } = performance;
          for (const start = now.call(performance); now.call(performance) < start + 25;);
          await new Promise((resolve) => reactor.callSoon(resolve));
          return calls.postMessage - before;
        }),
      );
      assert.equal(messages, 0);
    },
  },
];
