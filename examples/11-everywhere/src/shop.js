// The shop. It has no code for any host: main.js, page.js and edge.js start it.
import { background, every, resource, sleep } from 'triphase';

/** The last order. The shop closes while this is packed. */
const LAST_ITEM = 'cake';

/** How long it takes to pack an order. Milliseconds. */
const PACKING_TIME = 20;

/**
 * Adds the shop to a reactor: a store, a worker that packs one order after the other, and a bell. `buy(item)` is called for each customer; it
 * orders by HTTP, or calls the returned `order` where there is no server. `log(line)` prints a line.
 */
export function addShop(app, { log, buy }) {
  const orders = [];
  let wakePacker = () => undefined;
  let sold = 0;

  const openStore = () => {
    log('the store opens');
    return new Set(['tea', 'soup', LAST_ITEM]);
  };
  const store = app.use(resource('store', openStore, () => log(`the store closes, sold: ${sold}`)));

  const pack = async ({ item, answer }) => {
    try {
      await sleep(app, PACKING_TIME);
      if (!store.value.has(item)) throw new RangeError(`${item} is out of stock`);
      await app.fire('sale', item);
      answer(`${item} is yours`);
    } catch (error) {
      app.report(error); // goes to onError
      answer(`no ${item} today`);
    }
  };
  const packOrders = async ({ signal, stopped }) => {
    while (orders.length > 0 || !signal.aborted) {
      const order = orders.shift();
      if (order !== undefined) await pack(order);
      else await Promise.race([stopped, new Promise((resolve) => (wakePacker = resolve))]);
    }
  };
  const packer = app.use(background('packer', packOrders, { needs: [store] }));

  const order = (item) => {
    log(`${item} is ordered`);
    if (item === LAST_ITEM) void app.stop(); // the order is still packed
    return new Promise((answer) => {
      orders.push({ item, answer });
      wakePacker();
    });
  };

  app.on('sale', {
    before: ({ detail }) => log(`sale of ${detail}: the price is looked up`),
    during: async () => {
      await sleep(app, 1); // "after" waits for this
      sold += 1;
    },
    after: ({ detail }) => log(`sale of ${detail}: number ${sold}`),
  });

  const serveLastCustomer = async () => {
    await sleep(app, 1);
    log(`the last customer hears: ${await buy(LAST_ITEM)}`);
  };
  app.on('startup', {
    after: async () => {
      log('the shop is open');
      for (const item of ['tea', 'ice', 'soup']) log(`a customer hears: ${await buy(item)}`);
      let bells = 0;
      const bell = every(app, 20, () => {
        log(`the bell rings: ${++bells}`);
        if (bells < 3) return;
        bell.stop();
        app.waitUntil(serveLastCustomer());
      });
    },
  });
  app.on('shutdown', {
    before: () => log('the shop is closing'),
    after: () => log('the shop is closed'),
  });

  return { order, packer };
}

/** Options of the reactor: it writes errors into the log. */
export const reactorOptions = (log) => ({ onError: ({ message }) => log(`an error is reported: ${message}`) });
