/** WebKitGTK of Debian, driven by W3C WebDriver. The interface is that of engine.mjs. */
import { once } from 'node:events';
import { freePort } from '../../scripts/http-load.mjs';
import { untilVisibility } from './engine.mjs';
import { endGroup, spawnGroup } from './process-groups.mjs';

const miniBrowser = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const driver = '/usr/bin/WebKitWebDriver';
const screen = '/usr/bin/Xvfb';

/** Time limit for the start of the screen and of the driver. Milliseconds. */
const START_MS = 60_000;

/** Starts MiniBrowser, the browser that comes with WebKitGTK, on a virtual screen. */
async function start() {
  const leaders = [];
  try {
    const xvfb = spawnGroup(screen, ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    leaders.push(xvfb.pid);
    const display = await firstLine(xvfb.stdio[3]);
    const port = await freePort();
    const { pid } = spawnGroup(driver, [`--port=${port}`], {
      stdio: 'ignore',
      env: { ...process.env, DISPLAY: `:${display}`, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
    });
    leaders.push(pid);
    const base = `http://127.0.0.1:${port}`;
    await untilAnswers(`${base}/status`);
    const { sessionId } = await send('POST', `${base}/session`, {
      capabilities: {
        alwaysMatch: {
          browserName: 'MiniBrowser',
          'webkitgtk:browserOptions': {
            binary: miniBrowser,
            args: ['--automation', '--javascript-can-open-windows-automatically=true'],
          },
        },
      },
    });
    const sessionUrl = `${base}/session/${sessionId}`;
    const session = new Session(sessionUrl, await send('GET', `${sessionUrl}/window`));
    await session.post('/timeouts', { script: 300_000, pageLoad: 300_000 });
    return {
      open: async (url) => {
        const tab = tabOf(session, await session.open());
        await tab.goto(url);
        return tab;
      },
      quit: () => session.end(),
      leaders,
    };
  } catch (error) {
    for (const pid of leaders) endGroup(pid);
    throw error;
  }
}

/** A WebDriver session. Its commands go to one window at a time. The first window stays open, since the session ends with the last one. */
class Session {
  #base;
  #first;
  #current;

  constructor(base, first) {
    this.#base = base;
    this.#first = first;
    this.#current = first;
  }

  /** Opens a window. A tab would not do, since this driver never shows a tab that it opens. */
  async open() {
    const { handle } = await this.post('/window/new', { type: 'window' });
    return handle;
  }

  async post(path, body = {}, handle = this.#first) {
    await this.#switchTo(handle);
    return send('POST', `${this.#base}${path}`, body);
  }

  async close(handle) {
    await this.#switchTo(handle);
    await send('DELETE', `${this.#base}/window`);
    this.#current = undefined;
  }

  end() {
    return send('DELETE', this.#base);
  }

  async #switchTo(handle) {
    if (handle === this.#current) return;
    await send('POST', `${this.#base}/window`, { handle });
    this.#current = handle;
  }
}

function tabOf(session, handle) {
  const post = (path, body) => session.post(path, body, handle);
  const evaluate = async (run, ...data) => {
    const { error, value } = await post('/execute/async', {
      script: `
        const [data, done] = arguments;
        (async () => JSON.stringify(await (${run})(...JSON.parse(data))))().then(
          (value) => done({ value }),
          (error) => done({ error: String(error) + '\\n' + error?.stack }));`,
      args: [JSON.stringify(data)],
    });
    if (error !== undefined) throw new Error(error);
    return value === undefined || value === null ? undefined : JSON.parse(value);
  };
  return {
    evaluate,
    goto: (url) => post('/url', { url }),
    reload: () => post('/refresh'),
    back: () => post('/back'),
    forward: () => post('/forward'),
    hide: async () => {
      await post('/window/minimize');
      await evaluate(untilVisibility, 'hidden');
    },
    show: async () => {
      await post('/window/rect', { width: 1000, height: 700 });
      await evaluate(untilVisibility, 'visible');
    },
    close: () => session.close(handle),
  };
}

async function send(method, url, body) {
  const response = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${value.error}: ${value.message}`);
  return value;
}

async function firstLine(stream) {
  const [chunk] = await once(stream, 'data', { signal: AbortSignal.timeout(START_MS) });
  return String(chunk).trim();
}

/** Waits until the driver answers, since it does not print when it listens. */
async function untilAnswers(url) {
  const limit = AbortSignal.timeout(START_MS);
  while (!(await fetch(url).catch(() => undefined))?.ok) {
    if (limit.aborted) throw new Error(`nothing answers at ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const webkit = { name: 'WebKit', programs: [driver, miniBrowser, screen], start };
