import { leaveOut, Tally } from './conformance/tally.mjs';
import { chromium } from './engines/chromium.mjs';
import { lackingEngine, launch } from './engines/engine.mjs';
import { firefox } from './engines/firefox.mjs';
import { webkit } from './engines/webkit.mjs';

/** Time limit for a test, on a busy machine. Milliseconds. */
const LIMIT_MS = 30_000;

/**
 * Runs the same tests in Chromium, Firefox and WebKit, or in the `wanted` engines. `serve` resolves with a server that has a `close`;
 * `open(browser, server)` resolves with the context that each test of the engine gets. A test may have `lacking(context)`, which returns why this
 * engine can't run it, or `undefined`. After a failed test no other runs in that engine, since they share their pages.
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
          const lack = await lacking?.(context);
          if (lack !== undefined) tally.skip(title, lack);
          else if (!(await hasPassed(tally, title, () => run(context)))) break;
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

async function hasPassed(tally, title, run) {
  let isOver = false;
  await tally.check(title, async () => {
    await within(run());
    isOver = true;
  });
  return isOver;
}

async function within(promise) {
  let limit;
  const expired = new Promise((_, reject) => {
    limit = setTimeout(() => reject(new Error(`not over after ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(limit);
  }
}
