import assert from 'node:assert/strict';
import { untilText } from '../engines/in-tab.mjs';

const states = (tab) => tab.evaluate(() => states());

/** Resolves when `count` reactors have run, and all except the last one have ended. */
const untilReplaced = (tab, count) =>
  tab.evaluate(async (count) => {
    while (runs.length < count) await new Promise((resolve) => requestAnimationFrame(resolve));
    await Promise.all(runs.slice(0, -1).map(({ result }) => result));
  }, count);

export const tests = [
  {
    name: 'B14: useReactor works with the double mount of StrictMode, and useFrame calls the latest callback',
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
    name: 'B14: a component that React mounts again after an edit gets another reactor, and only that one runs',
    async run({ browser, server }) {
      const tab = await browser.open(server.url('/mount.html'));
      await untilText(tab, '#root', /, ([3-9]|\d\d+) frames/);
      await untilReplaced(tab, 2);
      const edition = `edition ${++editions}`;
      // With one more hook React cannot keep the state of the component, so it mounts the component again.
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
    name: 'B14: a module that is edited stops its reactor before its new version runs another one',
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
