import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endGroup } from './process-groups.mjs';

/**
 * The interface of an engine. Its module exports
 *
 *     { name, programs, start(folder) → browser }
 *     browser: { open(url) → tab, quit(), leaders }     leaders: the ids of its process groups
 *     tab: { evaluate(function, ...data) → data, goto(url), reload(), back(), forward(), hide(), show(), close() }
 *
 * `goto`, `reload`, `back` and `forward` resolve when the page is loaded or shown again. `hide` and `show` switch to another tab or window and back,
 * and resolve when the page has changed its visibility. Send one command at a time: WebKit accepts the next one only after the answer to the last.
 */

/** Time limit to quit before the engine is killed. Milliseconds. */
const QUIT_MS = 10_000;

/** Why this engine cannot run on this machine, or `undefined`. */
export function lackingEngine({ name, programs }) {
  const missing = programs.filter((program) => !existsSync(program));
  return missing.length === 0 ? undefined : `${name} lacks ${missing.join(', ')}: npm run setup installs it`;
}

/** Starts the engine with an empty profile. If it does not start, it tries a second time. */
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
    console.log(`${engine.name} did not start: ${error.message}; trying again`);
    return attempt();
  });
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** In a page: resolves when the page has this visibility, `hidden` or `visible`. */
export async function untilVisibility(state) {
  while (document.visibilityState !== state) {
    await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
  }
}
