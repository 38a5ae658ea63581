import assert from 'node:assert/strict';
import { choose, click, entries, pictures, setSpeed, textOf, untilText } from './user.mjs';

const events = async (tab) => (await entries(tab)).map(({ event }) => event);

/** Most frames had so many steps. */
const mostly = (steps) => new RegExp(`^\\d+ × ${steps}(,|$)`);

/** Hides the page until calls that are free to run have had their chance, and shows it again; what the newest entry says then. */
async function hideAndShow(tab) {
  await tab.hide();
  await tab.evaluate(async () => {
    const { port1, port2 } = new MessageChannel();
    for (let hop = 0; hop < 100; hop++) {
      const arrived = new Promise((resolve) => (port1.onmessage = resolve));
      port2.postMessage(undefined);
      await arrived;
    }
    port1.close();
  });
  await tab.show();
  await untilText(tab, '#timeline', /^visible/);
  const [{ note }] = await entries(tab);
  return note;
}

/** In this order, on one page: each goes on where the one before has left it. */
export const tests = [
  {
    name: 'a page that starts has its frames, nothing to call, and one entry on its timeline',
    async run({ tab }) {
      await untilText(tab, '#frames output', /^[1-9]/);
      assert.equal(await textOf(tab, '#state'), 'running');
      assert.equal(await textOf(tab, '#calls output'), '0');
      assert.deepEqual(await events(tab), ['startup']);
    },
  },
  {
    name: 'under load the plots tell of calls, and go back to none without it',
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
    name: 'B22, B25: ten frames a second have six steps each, at twice the speed of time twelve',
    async run({ tab }) {
      await choose(tab, 'fps', '10'); // so few that a busy machine keeps them, and no delta is longer than 100 ms
      await untilText(tab, '#steps output', mostly(6));
      await setSpeed(tab, '2');
      assert.equal(await textOf(tab, '#speed-in-words'), '2.00 ×');
      await untilText(tab, '#steps output', mostly(12));
      await setSpeed(tab, '1');
      await choose(tab, 'fps', 'all');
    },
  },
  {
    name: 'B25: while time stands still the wheel does too, and then goes on',
    async run({ tab }) {
      await click(tab, '#play');
      assert.deepEqual(await pictures(tab), { differ: false });
      await click(tab, '#play');
      assert.deepEqual(await pictures(tab), { differ: true });
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
    name: 'B5: another policy is another reactor: with "run" calls go on while the page is hidden, with "pause" none does',
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
        phases: ['count calls, end the load', 'save this visit', 'save the end, note details'],
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
    name: 'B9: a page that is left and comes back has been suspended and resumed, on the same reactor',
    async run({ tab, address }) {
      const before = await events(tab);
      await tab.goto(`${address}away.html`);
      await tab.back();
      await untilText(tab, '#timeline', /^visible/);
      assert.deepEqual(await events(tab), ['visible', 'resume', 'suspend', 'hidden', ...before]);
    },
  },
  {
    name: 'B11: a page that is loaded again shows the shutdown of its previous visit, as that has written it down',
    async run({ tab }) {
      await tab.reload();
      await untilText(tab, '#timeline', /shutdown/);
      const [startup, previous, ...others] = await entries(tab);
      assert.equal(startup.event, 'startup');
      assert.equal(previous.event, 'shutdown');
      assert.match(previous.note, /^previous visit, \d+ s, [1-9][\d,]* calls$/);
      assert.deepEqual(previous.phases, ['count calls', 'save this visit', 'save the end']);
      assert.deepEqual(others, []);
      assert.equal(await tab.evaluate(() => document.querySelector('#policy :checked').value), 'pause');
    },
  },
];
