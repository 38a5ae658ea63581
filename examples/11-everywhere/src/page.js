// On a page: the log is its text.
import { createReactor } from 'triphase';
import { addShop, options } from './shop.js';

const log = (line) => document.querySelector('pre').append(`${line}\n`);

const app = createReactor(options(log));
const { order } = addShop(app, { log, buy: (item) => order(item) });
const { reason } = await app.run();
log(`the run is over: ${reason.kind}`);
