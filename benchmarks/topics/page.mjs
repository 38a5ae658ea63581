/** The topic `page` (B21): a minute of a game on a page in virtual time, compared with a minute of timed calls on a ManualReactor. */
import { ManualReactor } from '@triphase/testing';
import { manualPage } from '@triphase/testing/page';

export const title = 'A page in virtual time';

const MINUTE = 60_000;
const STEP = 1_000 / 60;

async function minuteOfGame() {
  const page = manualPage();
  let steps = 0;
  page.reactor.onFrame({ update: () => steps++, render: () => undefined }, { fixedStep: STEP });
  await page.start();
  await page.advance(MINUTE);
  await page.finish();
  return steps;
}

async function minuteOfCalls() {
  const reactor = new ManualReactor();
  let calls = 0;
  const call = () => {
    calls++;
    reactor.callLater(STEP, call);
  };
  reactor.callLater(STEP, call);
  await reactor.advanceAsync(MINUTE);
  return calls;
}

export function groups() {
  return [
    {
      title: 'B21: a frame of a game with fixed steps, in a minute of 3 600 frames',
      note: 'Both wait for a macrotask of the host after each frame or call, so that promises settle. A minute takes 3 600 times the figure.',
      baseline: 'ManualReactor, a timed call for each frame',
      cases: {
        'manualPage, a frame': { run: minuteOfGame },
        'ManualReactor, a timed call for each frame': { run: minuteOfCalls },
      },
      settings: { operations: 3_000 },
    },
  ];
}
