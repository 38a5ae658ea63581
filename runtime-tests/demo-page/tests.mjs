import assert from 'node:assert/strict';
import { hops, textOf, untilText } from '../engines/in-tab.mjs';
import { choose, click, comparePictures, entries, setSpeed } from './user.mjs';

const events = async (tab) => (await entries(tab)).map(({ event }) => event);

/** Matches the text below the strip when most frames had this number of steps. */
const mostly = (steps) => new RegExp(`^\\d+ × ${steps}(,|$)`);

/** Hides the page until every call that may run has run, and shows it again. Resolves with the notes of the newest entry. */
async function hideAndShow(tab) {
  await tab.hide();
  await hops(tab, 100);
  await tab.show();
  await untilText(tab, '#timeline', /^visible/);
  const [{ note }] = await entries(tab);
  return note;
}

/** The tests run in this order on one page. Each begins with the page as the test before has left it. */
export const tests = [
  {
    name: 'a page that has started shows frames, no calls, and one entry on its timeline',
    async run({ tab }) {
      await untilText(tab, '#frames output', /^[1-9]/);
      assert.equal(await textOf(tab, '#state'), 'running');
      assert.equal(await textOf(tab, '#calls output'), '0');
      assert.deepEqual(await events(tab), ['startup']);
    },
  },
  {
    name: 'under load the plots show calls, and without load they show none again',
    async run({ tab }) {
      await choose(tab, 'load', 'Infinity');
      await untilText(tab, '#calls output', /^[1-9]\d/);
      const label = await tab.evaluate(() => document.querySelector('#calls canvas').getAttribute('aria-label'));
      assert.match(label, /^Calls a second: [1-9]\d+ in the last second$/);
      await untilText(tab, '#frames output', /^[1-9]/);
      await choose(tab, 'load', '0');
      await untilText(tab, '#calls output', /^0$/);
    },
  },
  {
    name: 'B22, B25: at ten frames a second a frame has six steps, and twelve at twice the speed of time',
    async run({ tab }) {
      await choose(tab, 'fps', '10'); // few enough for a busy machine, and each delta is at most 100 ms
      await untilText(tab, '#steps output', mostly(6));
      await setSpeed(tab, '2');
      assert.equal(await textOf(tab, '#speed-in-words'), '2.00 ×');
      await untilText(tab, '#steps output', mostly(12));
      await setSpeed(tab, '1');
      await choose(tab, 'fps', 'all');
    },
  },
  {
    name: 'B25: the wheel stops while the clock is paused, and then goes on',
    async run({ tab }) {
      await click(tab, '#play');
      assert.deepEqual(await comparePictures(tab), { differ: false });
      await click(tab, '#play');
      assert.deepEqual(await comparePictures(tab), { differ: true });
    },
  },
  {
    name: 'B8: hiding and showing the page adds two entries',
    async run({ tab }) {
      await hideAndShow(tab);
      assert.deepEqual(await events(tab), ['visible', 'hidden', 'startup']);
    },
  },
  {
    name: 'B5: another policy starts another reactor: in a hidden page calls run with "run", and none with "pause"',
    async run({ tab }) {
      await choose(tab, 'load', 'Infinity');
      await choose(tab, 'policy', 'run');
      await untilText(tab, '#timeline', /^startup/);
      await untilText(tab, '#state', /^running$/);
      const [startup, shutdown] = await entries(tab);
      assert.equal(startup.event, 'startup');
      assert.deepEqual(shutdown, {
        event: 'shutdown',
        note: 'another policy: run',
        phases: ['save the number of calls, end the load', 'save this visit', 'save the end, note details'],
      });
      assert.match(await hideAndShow(tab), /^[1-9][\d,]* calls while hidden$/);
      await choose(tab, 'policy', 'pause');
      await untilText(tab, '#timeline', /^startup/);
      await untilText(tab, '#state', /^running$/);
      assert.equal(await hideAndShow(tab), '0 calls while hidden');
      assert.equal(await tab.evaluate(() => location.search), '?whenHidden=pause');
    },
  },
  {
    name: 'B9: a page that is left and comes back fires suspend and resume on the same reactor',
    async run({ tab, address }) {
      const before = await events(tab);
      await tab.goto(`${address}away.html`);
      await tab.back();
      await untilText(tab, '#timeline', /^visible/);
      assert.deepEqual(await events(tab), ['visible', 'resume', 'suspend', 'hidden', ...before]);
    },
  },
  {
    name: 'B11: a page that is reloaded shows the shutdown that its previous visit has stored',
    async run({ tab }) {
      await tab.reload();
      await untilText(tab, '#timeline', /shutdown/);
      const [startup, previous, ...others] = await entries(tab);
      assert.equal(startup.event, 'startup');
      assert.equal(previous.event, 'shutdown');
      assert.match(previous.note, /^previous visit, \d+ s, [1-9][\d,]* calls$/);
      assert.deepEqual(previous.phases, ['save the number of calls', 'save this visit', 'save the end']);
      assert.deepEqual(others, []);
      assert.equal(await tab.evaluate(() => document.querySelector('#policy :checked').value), 'pause');
    },
  },
];
