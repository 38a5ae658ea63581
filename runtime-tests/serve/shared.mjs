/** What program.mjs, node-http.mjs and websockets.mjs share: their settings, their log lines, and a database. */
import { resource } from '@triphase/core';

const { PORT, OPTIONS = '{}', LIMITS } = process.env;

export const port = Number(PORT);

/** More options of `serve` or `serveHttp`: the variable OPTIONS, which is JSON. */
export const options = JSON.parse(OPTIONS);

/** Options of the reactor: the limits of its shutdown are the variable LIMITS, which is JSON. */
export const reactorOptions = LIMITS === undefined ? {} : { limits: { shutdown: JSON.parse(LIMITS) } };

/** Prints a line that the tests wait for. */
export const print = (text) => console.log(`app: ${text}`);

/** Adds a database, which prints when it opens and when it closes. */
export function addDatabase(app) {
  const open = () => {
    print('database open');
    return { find: () => 'hello\n' };
  };
  return app.use(resource('db', open, () => print('database closed')));
}
