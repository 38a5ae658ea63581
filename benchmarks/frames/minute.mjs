/** Measures how long a minute of a game in virtual time takes, in this process (B21). Part of bench:frames. */
import { bundled } from './bundle.mjs';

const ROUNDS = 9;

/** The program: `minuteOfGame()` resolves with the milliseconds of real time. */
const source = `
  import { manualPage } from '@triphase/testing/page';
  export async function minuteOfGame() {
    const since = performance.now();
    const page = manualPage({ hz: 60 });
    let steps = 0;
    page.reactor.onFrame({ update: () => steps++, render: () => undefined }, { fixedStep: 1000 / 60 });
    await page.start();
    await page.advance(60_000);
    await page.finish();
    if (steps !== 3_599) throw new Error(steps + ' steps');
    return performance.now() - since;
  }`;

/** Resolves with the milliseconds of each round. */
export async function measureMinutes() {
  const code = await bundled({ stdin: { contents: source, resolveDir: import.meta.dirname } }, false);
  const { minuteOfGame } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  await minuteOfGame(); // warm-up
  const minutes = [];
  for (let n = 0; n < ROUNDS; n++) minutes.push(await minuteOfGame());
  return minutes;
}
