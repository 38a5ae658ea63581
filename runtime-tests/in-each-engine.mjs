import { leaveOut, Tally } from './conformance/tally.mjs';
import { chromium } from './engines/chromium.mjs';
import { lackingEngine, launch } from './engines/engine.mjs';
import { firefox } from './engines/firefox.mjs';
import { webkit } from './engines/webkit.mjs';
import { within } from './within.mjs';

/** Time limit for a test, on a busy machine. Milliseconds. */
const LIMIT_MS = 30_000;

/**
 * Runs the same tests, `{ name, run(context), lacking?(context) }`, in Chromium, Firefox and WebKit, or in the `wanted` engines. `serve` resolves with
 * a server that has a `close`. `open(browser, server)` resolves with the context for the tests in one engine. `lacking` returns why this engine can't
 * run the test, or `undefined`. After a failed test the other tests are not run in that engine, since they share their pages.
 */
export async function runInEachEngine({ subject, serve, open, tests, wanted = [chromium, firefox, webkit] }) {
  const engines = wanted.map((engine) => ({ engine, reason: lackingEngine(engine) }));
  if (engines.every(({ reason }) => reason !== undefined)) leaveOut(engines.map(({ reason }) => reason).join('; '));
  const tally = new Tally();
  const server = await serve();
  try {
    for (const { engine, reason } of engines) {
      if (reason !== undefined) {
        tally.skip(`${subject} in ${engine.name}`, reason);
        continue;
      }
      const browser = await launch(engine);
      try {
        const context = await open(browser, server);
        for (const { name, run, lacking } of tests) {
          const title = `${engine.name}: ${name}`;
          const missing = await lacking?.(context);
          if (missing !== undefined) tally.skip(title, missing);
          else if (!(await tally.check(title, () => within(run(context), LIMIT_MS)))) break;
        }
      } finally {
        await browser.close();
      }
    }
  } finally {
    await server.close();
    tally.close();
  }
}
