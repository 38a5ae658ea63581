// On a page: the log is the text of the page.
import { createReactor } from 'triphase';
import { addShop, reactorOptions } from './shop.js';

const log = (line) => document.querySelector('pre').append(`${line}\n`);

const app = createReactor(reactorOptions(log));
const { order } = addShop(app, { log, buy: (item) => order(item) });
const { reason } = await app.run();
log(`the run is over: ${reason.kind}`);
