/** Observations of the pages of examples/page-frameworks. Each function takes a tab of an engine. */
import { textOf, untilText } from '../engines/in-tab.mjs';

/** Why the browser can't draw WebGL on this machine, or `undefined`. */
export async function lackingWebGL(browser) {
  const tab = await browser.open('about:blank');
  const isThere = await tab.evaluate(() => document.createElement('canvas').getContext('webgl2') !== null);
  await tab.close();
  return isThere ? undefined : 'it has no WebGL on this machine';
}

/** The number of frames that the component shows. */
export const framesOf = async (tab) => Number.parseInt(await textOf(tab, 'output'));

/** Resolves when the component shows at least `count` frames. */
export async function untilFrames(tab, count) {
  await tab.evaluate(async () => {
    while (document.querySelector('output') === null) await new Promise((resolve) => setTimeout(resolve, 10));
  });
  while ((await framesOf(tab)) < count) await untilText(tab, 'output', new RegExp(`^(?!${await framesOf(tab)} )`));
}

/** The callbacks, requested frames and timed calls that are left after three frames, in which the test itself requests frames. */
export const heldAfterFrames = (tab) =>
  tab.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => setTimeout(resolve));
    const { frames, timed } = held();
    return { callbacks: callbacks.size, frames, timed, state: runs[0].reactor.state };
  });

/**
 * Waits for a picture that is not empty, and for another one that differs from it. Resolves with `painted`, the number of pixels of the first one
 * that are not background, and `different`, the number of pixels that differ.
 */
export const twoPictures = (tab) =>
  tab.evaluate(async () => {
    while (!globalThis.runs?.length) await new Promise((resolve) => setTimeout(resolve, 10));
    const canvas = document.querySelector('canvas');
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
    const context = copy.getContext('2d', { willReadFrequently: true });
    const difference = (one, other) => one.reduce((count, pixel, index) => count + (pixel !== other[index]), 0);
    return new Promise((resolve) => {
      let first;
      // After the callback of the page in the same frame, before the browser clears the canvas.
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

/** For each of ten frames, the number of frames that are requested when the frame is over. */
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
