import assert from 'node:assert/strict';
import { untilText } from '../demo-page/user.mjs';

const states = (tab) => tab.evaluate(() => states());

/** Resolves when `count` reactors were run, and all but the last have ended. */
const untilReplaced = (tab, count) =>
  tab.evaluate(async (count) => {
    while (runs.length < count) await new Promise((resolve) => requestAnimationFrame(resolve));
    await Promise.all(runs.slice(0, -1).map(({ result }) => result));
  }, count);

export const tests = [
  {
    name: 'B14: useReactor survives the double mount of StrictMode, useFrame calls the latest callback',
    async run({ browser, server }) {
      const tab = await browser.open(server.url('/mount.html'));
      await untilText(tab, '#root', /, ([3-9]|\d\d+) frames/);
      await untilReplaced(tab, 2);
      assert.deepEqual(await states(tab), ['stopped', 'running']);
      await tab.evaluate(() => unmount());
      const results = await tab.evaluate(async () => {
        const results = await Promise.all(runs.map(({ result }) => result));
        return results.map(({ reason, errors }) => ({ reason, errors }));
      });
      assert.deepEqual(results, Array(2).fill({ reason: { kind: 'stop' }, errors: [] }));
      assert.deepEqual(await tab.evaluate(() => held()), { listeners: 0, frames: 0, timed: 0 });
      await tab.close();
    },
  },
  {
    name: 'B14: a component that React mounts anew since it was edited gets another reactor, and leaves one running',
    async run({ browser, server }) {
      const tab = await browser.open(server.url('/mount.html'));
      await untilText(tab, '#root', /, ([3-9]|\d\d+) frames/);
      await untilReplaced(tab, 2);
      const edition = `edition ${++editions}`;
      // One more hook: what React has kept of the component does not fit any more.
      server.edit('app.jsx', (code) =>
        code.replace(/edition \d+/, edition).replace('const [frames', 'useState();\n  const [frames'),
      );
      await untilText(tab, '#root', new RegExp(`^${edition}, ([3-9]|\\d\\d+) frames`));
      await untilReplaced(tab, 3);
      const [last, ...others] = (await states(tab)).reverse();
      assert.equal(last, 'running');
      assert.deepEqual(new Set(others), new Set(['stopped']));
      await tab.close();
    },
  },
  {
    name: 'B14: a module that is edited stops its reactor before the next one runs',
    async run({ browser, server }) {
      const tab = await browser.open(server.url('/page.html'));
      await untilText(tab, 'output', /^\d+ s/);
      const edition = `s in edition ${++editions}`;
      server.edit('page.ts', (code) => code.replace(/\} s[^`]*`/, `} ${edition}\``));
      await untilText(tab, 'output', new RegExp(`^\\d+ ${edition}$`));
      assert.deepEqual(await states(tab), ['stopped', 'running']);
      await tab.close();
    },
  },
];

let editions = 0;
