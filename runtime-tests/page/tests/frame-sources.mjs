import assert from 'node:assert/strict';

/**
 * In a page: starts a reactor with a frame callback. `frames` has what it was called with, `seen(count)` waits for so many more. `own()` says how many
 * frames the reactor has asked its window for.
 */
async function watchFrames() {
  const reactor = await startReactor();
  const frames = [];
  let wake;
  reactor.onFrame((frame) => {
    frames.push(frame);
    wake?.();
  });
  const seen = async (count) => {
    for (const end = frames.length + count; frames.length < end;) await new Promise((resolve) => (wake = resolve));
  };
  Object.assign(globalThis, { reactor, frames, seen, own: () => calls.requestAnimationFrame });
}

/** In a page: takes frames of another window until `leave` makes it go, and then five of its own; what the callback was called with, and how many frames the window was asked for. */
async function framesOfWindow() {
  const native = [];
  const note = (time) => {
    native.push(time);
    source.requestAnimationFrame(note);
  };
  source.requestAnimationFrame(note);
  await seen(3);
  const before = frames.length;
  reactor.useFrames(source);
  const asked = own();
  await seen(10);
  const others = frames.slice(before).map(({ time, delta }) => ({ delta, isNative: native.includes(time) }));
  const askedMeanwhile = own() - asked;
  const askedBefore = own();
  leave();
  // A window that goes to another page may give a frame yet.
  while (own() < askedBefore + 5) await seen(1);
  await reactor.stop();
  return { others, askedMeanwhile };
}

function assertMovedOver({ others, askedMeanwhile }) {
  assert.ok(others.length >= 10);
  assert.deepEqual(
    others.filter(({ isNative }) => !isNative),
    [],
  );
  assert.equal(others[0].delta, 0);
  assert.equal(askedMeanwhile, 0);
}

export const frameSources = [
  {
    name: 'B26: frames come from the window of an iframe, and from that of the page again once it is removed',
    async run({ page }) {
      await page.evaluate(watchFrames);
      await page.evaluate(async () => {
        const frame = document.createElement('iframe');
        frame.src = '/empty.html';
        await new Promise((resolve) => {
          frame.addEventListener('load', resolve);
          document.body.append(frame);
        });
        globalThis.source = frame.contentWindow;
        globalThis.leave = () => frame.remove();
      });
      assertMovedOver(await page.evaluate(framesOfWindow));
    },
  },
  {
    name: 'B26: frames come from a popup, and from the window of the page again once the popup is closed, or shows another page',
    async run({ page }) {
      for (const end of ['close', 'leave']) {
        await page.evaluate(watchFrames);
        await page.evaluate(async (end) => {
          const popup = open('/empty.html', end, 'popup');
          await new Promise((resolve) => popup.addEventListener('load', resolve));
          while (popup.location.pathname !== '/empty.html')
            await new Promise((resolve) => popup.addEventListener('load', resolve));
          globalThis.source = popup;
          globalThis.leave = () => (end === 'close' ? popup.close() : popup.location.replace('/elsewhere.html'));
        }, end);
        assertMovedOver(await page.evaluate(framesOfWindow));
        await page.evaluate(() => source.close());
      }
    },
  },
  {
    name: 'B26: frames come from a WebXR session with its XRFrame, and from the window again once the session has ended',
    async run({ page }) {
      await page.evaluate(watchFrames);
      const { xr, ownAgain, listeners } = await page.evaluate(async () => {
        const path = '/iwer.mjs';
        const { XRDevice, metaQuest3 } = await import(path);
        new XRDevice(metaQuest3).installRuntime({ forceInstall: true });
        const canvas = document.createElement('canvas');
        const context = canvas.getContext('webgl2');
        // An inline session draws nothing by itself, so it is there on a machine without WebGL too.
        const session = await navigator.xr.requestSession(context === null ? 'inline' : 'immersive-vr');
        session.updateRenderState({ baseLayer: new XRWebGLLayer(session, context ?? { canvas }) });
        const space = await session.requestReferenceSpace('viewer');
        const listeners = [];
        for (const [name, change] of [
          ['addEventListener', (type) => listeners.push(type)],
          ['removeEventListener', (type) => listeners.splice(listeners.indexOf(type), 1)],
        ]) {
          const real = session[name];
          session[name] = function (type, ...rest) {
            change(type);
            return real.call(this, type, ...rest);
          };
        }
        const poses = [];
        reactor.onFrame(({ native }) => {
          // A pose is only to be had while the frame is active.
          if (native !== undefined) poses.push(native.getViewerPose(space) !== undefined);
        });
        await seen(3);
        const before = frames.length;
        reactor.useFrames(session);
        await seen(10);
        const xr = frames
          .slice(before)
          .map(
            ({ native, delta }, index) =>
              native instanceof XRFrame && native.session === session && poses[index] && delta >= 0,
          );
        const ended = frames.length;
        await session.end();
        await seen(5);
        await reactor.stop();
        const ownAgain = frames
          .slice(ended)
          .map(({ native, delta }) => native === undefined && delta >= 0 && delta <= 100);
        return { xr, ownAgain, listeners };
      });
      assert.ok(xr.length >= 10 && xr.every(Boolean), JSON.stringify(xr));
      assert.ok(ownAgain.length >= 5 && ownAgain.every(Boolean), JSON.stringify(ownAgain));
      assert.deepEqual(listeners, []);
    },
  },
  {
    name: 'B26: the program of docs/browser.md takes its frames from the popup that it opens, until that is closed',
    async run({ open }) {
      const page = await open('/popup.html');
      const { ofPopup, own } = await page.evaluate(async () => {
        // The program listens for the click once it has run so far.
        for (; globalThis.popup === undefined; await new Promise(requestAnimationFrame)) {
          document.querySelector('button').click();
        }
        while (count.popup < 10) await new Promise((resolve) => setTimeout(resolve, 10));
        const ofPopup = count.popup;
        popup.close();
        const before = count.own;
        while (count.own < before + 5) await new Promise((resolve) => setTimeout(resolve, 10));
        return { ofPopup, own: count.own - before };
      });
      assert.ok(ofPopup >= 10 && own >= 5);
    },
  },
];
