// On workerd: each request opens a shop, and the answer is its log.
import { createReactor } from 'triphase';
import { addShop, reactorOptions } from './shop.js';

export default {
  async fetch() {
    const lines = [];
    const log = (line) => lines.push(`${line}\n`);
    const app = createReactor(reactorOptions(log));
    const { order } = addShop(app, { log, buy: (item) => order(item) });
    const { reason } = await app.run();
    log(`the run is over: ${reason.kind}`);
    return new Response(lines.join(''));
  },
};
