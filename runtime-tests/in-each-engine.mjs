import { leaveOut, Tally } from './conformance/tally.mjs';
import { chromium } from './engines/chromium.mjs';
import { lackingEngine, launch } from './engines/engine.mjs';
import { firefox } from './engines/firefox.mjs';
import { webkit } from './engines/webkit.mjs';

/** What a test may take on a loaded machine. */
const LIMIT_MS = 30_000;

/**
 * A stage that is the same in Chromium, Firefox and WebKit, or in the engines that are `wanted`. `serve` resolves with a server that has a `close`; `open(browser, server)`, with
 * what each test of an engine gets. A test may have a `lacking(context)`: why this engine can't run it, or `undefined`. After one that failed no other test runs in that engine: they share their pages.
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
