/** Actions and observations on the pages. Each function takes a tab of an engine. */
import { textOf, untilText } from '../demo-page/user.mjs';

/** Why the browser draws no WebGL on this machine, or `undefined`. */
export async function lackingWebGL(browser) {
  const tab = await browser.open('about:blank');
  const isThere = await tab.evaluate(() => document.createElement('canvas').getContext('webgl2') !== null);
  await tab.close();
  return isThere ? undefined : 'it has no WebGL on this machine';
}

/** How many frames the component has shown. */
export const framesOf = async (tab) => Number.parseInt(await textOf(tab, 'output'));

/** Resolves when the component has shown `count` frames. */
export async function untilFrames(tab, count) {
  await tab.evaluate(async () => {
    while (document.querySelector('output') === null) await new Promise((resolve) => setTimeout(resolve, 10));
  });
  while ((await framesOf(tab)) < count) await untilText(tab, 'output', new RegExp(`^(?!${await framesOf(tab)} )`));
}

/** Resolves after `count` messages: what is free to run has had its chance, in a hidden page too. */
export const hops = (tab, count) =>
  tab.evaluate(async (count) => {
    const { port1, port2 } = new MessageChannel();
    for (let hop = 0; hop < count; hop++) {
      const arrived = new Promise((resolve) => (port1.onmessage = resolve));
      port2.postMessage(undefined);
      await arrived;
    }
    port1.close();
  }, count);

/** What the reactor and the page hold, three frames later. The test's own frames are over then. */
export const heldAfterFrames = (tab) =>
  tab.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => setTimeout(resolve));
    const { frames, timed } = held();
    return { callbacks: callbacks.size, frames, timed, state: runs[0].reactor.state };
  });

/** Draws until a picture differs from the first that has something on it; how many pixels that has, and how many others differ. */
export const twoPictures = (tab) =>
  tab.evaluate(async () => {
    while (!globalThis.runs?.length) await new Promise((resolve) => setTimeout(resolve, 10));
    const canvas = document.querySelector('canvas');
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
    const context = copy.getContext('2d', { willReadFrequently: true });
    const difference = (one, other) => one.reduce((count, pixel, index) => count + (pixel !== other[index]), 0);
    return new Promise((resolve) => {
      let first;
      // Drawn in the same frame, before the browser takes the canvas's picture away; after the page's own callback.
      const reading = runs[0].reactor.onFrame(
        () => {
          context.drawImage(canvas, 0, 0);
          const pixels = new Uint32Array(context.getImageData(0, 0, copy.width, copy.height).data.buffer);
          const painted = difference(pixels, new Uint32Array(pixels.length).fill(pixels[0]));
          if (first === undefined && painted > 0) first = { painted, pixels };
          else if (first !== undefined && difference(pixels, first.pixels) > 0) {
            reading.remove();
            resolve({ painted: first.painted, different: difference(pixels, first.pixels) });
          }
        },
        { order: 1_000 },
      );
    });
  });

/** How many frames the page has asked for at a time, in each of ten frames, once all that it does in one is over. */
export const requestsInFrames = (tab) =>
  tab.evaluate(async () => {
    const counts = [];
    for (let frame = 0; frame < 10; frame++) {
      await new Promise((resolve) => {
        const once = runs[0].reactor.onFrame(() => {
          once.remove();
          setTimeout(() => resolve(counts.push(held().frames)));
        });
      });
    }
    return counts;
  });
