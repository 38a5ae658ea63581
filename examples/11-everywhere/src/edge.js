// On workerd: a shop for each request, and the answer is its log.
import { createReactor } from 'triphase';
import { addShop, options } from './shop.js';

export default {
  async fetch() {
    const lines = [];
    const log = (line) => lines.push(`${line}\n`);
    const app = createReactor(options(log));
    const { order } = addShop(app, { log, buy: (item) => order(item) });
    const { reason } = await app.run();
    log(`the run is over: ${reason.kind}`);
    return new Response(lines.join(''));
  },
};
