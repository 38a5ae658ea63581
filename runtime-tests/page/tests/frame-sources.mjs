import assert from 'node:assert/strict';

/**
 * In a page: starts a reactor with a frame callback, and makes globals: `frames` has the argument of each call, `seen(count)` waits for `count`
 * more calls, `requested()` is the number of frames that were requested from the window of the page.
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
  Object.assign(globalThis, { reactor, frames, seen, requested: () => calls.requestAnimationFrame });
}

/**
 * In a page: takes frames from the window `source`, then calls `leave`, which removes that window, and waits for five frames of the page. Resolves
 * with the frames of the source, and with the number of frames that were requested from the page in the meantime.
 */
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
  const requestedBefore = requested();
  await seen(10);
  const ofSource = frames.slice(before).map(({ time, delta }) => ({ delta, isNative: native.includes(time) }));
  const requestedMeanwhile = requested() - requestedBefore;
  const requestedAtLeave = requested();
  leave();
  // A window that shows another page may still give a frame.
  while (requested() < requestedAtLeave + 5) await seen(1);
  await reactor.stop();
  return { ofSource, requestedMeanwhile };
}

/** The frames came from the source, with its timestamps, and none was requested from the page. */
function assertFromSource({ ofSource, requestedMeanwhile }) {
  assert.ok(ofSource.length >= 10);
  assert.deepEqual(
    ofSource.filter(({ isNative }) => !isNative),
    [],
  );
  assert.equal(ofSource[0].delta, 0);
  assert.equal(requestedMeanwhile, 0);
}

export const frameSources = [
  {
    name: 'B26: frames come from the window of an iframe, and from the page again when the iframe is removed',
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
      assertFromSource(await page.evaluate(framesOfWindow));
    },
  },
  {
    name: 'B26: frames come from a popup, and from the page again when the popup is closed or shows another page',
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
        assertFromSource(await page.evaluate(framesOfWindow));
        await page.evaluate(() => source.close());
      }
    },
  },
  {
    name: 'B26: frames come from a WebXR session with its XRFrame, and from the page again when the session has ended',
    async run({ page }) {
      await page.evaluate(watchFrames);
      const { xr, ofPage, listeners } = await page.evaluate(async () => {
        const path = '/iwer.mjs';
        const { XRDevice, metaQuest3 } = await import(path);
        new XRDevice(metaQuest3).installRuntime({ forceInstall: true });
        const canvas = document.createElement('canvas');
        const context = canvas.getContext('webgl2');
        // An inline session draws nothing by itself, so it also works on a machine without WebGL.
        const session = await navigator.xr.requestSession(context === null ? 'inline' : 'immersive-vr');
        session.updateRenderState({ baseLayer: new XRWebGLLayer(session, context ?? { canvas }) });
        const space = await session.requestReferenceSpace('viewer');
        const listeners = [];
        const changes = {
          addEventListener: (type) => listeners.push(type),
          removeEventListener: (type) => listeners.splice(listeners.indexOf(type), 1),
        };
        for (const [name, change] of Object.entries(changes)) {
          const real = session[name];
          session[name] = function (type, ...rest) {
            change(type);
            return real.call(this, type, ...rest);
          };
        }
        const poses = [];
        reactor.onFrame(({ native }) => {
          // A frame gives a pose only while it is active.
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
        const ofPage = frames
          .slice(ended)
          .map(({ native, delta }) => native === undefined && delta >= 0 && delta <= 100);
        return { xr, ofPage, listeners };
      });
      assert.ok(xr.length >= 10 && xr.every(Boolean), JSON.stringify(xr));
      assert.ok(ofPage.length >= 5 && ofPage.every(Boolean), JSON.stringify(ofPage));
      assert.deepEqual(listeners, []);
    },
  },
  {
    name: 'B26: the program of docs/browser.md gets its frames from the popup that it opens, until the popup is closed',
    async run({ open }) {
      const page = await open('/popup.html');
      const { ofPopup, own } = await page.evaluate(async () => {
        // The program may not listen for the click yet.
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
