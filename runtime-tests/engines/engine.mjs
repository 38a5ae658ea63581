import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endGroup } from './process-groups.mjs';

/**
 * An engine, as the tests see it. Its module exports
 *
 *     { name, programs, start(folder) → browser }
 *     browser: { open(url) → tab, quit(), leaders }     leaders: the ids of its process groups
 *     tab: { evaluate(function, ...data) → data, goto(url), reload(), back(), forward(), hide(), show(), close() }
 *
 * `goto` and its like resolve when the other page is loaded, or shown again. `hide` and `show` do what a user does who goes to another tab
 * or window, and resolve when the page knows.
 *
 * One command at a time: WebKit takes no other until the last is answered.
 */

/** What it may take to quit before it is ended. */
const QUIT_MS = 10_000;

/** Why this engine cannot run here, or `undefined`. */
export function lackingEngine({ name, programs }) {
  const missing = programs.filter((program) => !existsSync(program));
  return missing.length === 0 ? undefined : `${name} lacks ${missing.join(', ')}: npm run setup installs it`;
}

/** Starts it with an empty profile; a second time if the first comes to nothing. */
export async function launch(engine) {
  const attempt = async () => {
    const folder = mkdtempSync(join(tmpdir(), `triphase-${engine.name.toLowerCase()}-`));
    const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    try {
      const { open, quit, leaders } = await engine.start(folder);
      const close = async () => {
        await Promise.race([quit().catch(() => undefined), wait(QUIT_MS)]);
        for (const pid of leaders) endGroup(pid);
        remove();
      };
      return { open, close };
    } catch (error) {
      remove();
      throw error;
    }
  };
  return attempt().catch((error) => {
    console.log(`${engine.name} did not start: ${error.message}; once more`);
    return attempt();
  });
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** Inside a page: resolves when it is hidden, or visible. */
export async function untilVisibility(state) {
  while (document.visibilityState !== state) {
    await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
  }
}
