import { background, every, resource, sleep } from 'triphase';

/** What a customer who comes last orders. The shop closes while it is packed. */
const LAST = 'cake';

/** What packing takes. Milliseconds. */
const PACKING = 20;

/**
 * The whole program but its way in: a store, a worker that packs orders one after the other, and a bell. `buy(item)` is how a customer
 * orders: by HTTP, or by calling `order` where there is no server. `log(line)` prints.
 */
export function addShop(app, { log, buy }) {
  const orders = [];
  let wakePacker = () => undefined;
  let sold = 0;

  const openStore = () => {
    log('the store opens');
    return new Set(['tea', 'soup', LAST]);
  };
  const store = app.use(resource('store', openStore, () => log(`the store closes, sold: ${sold}`)));

  const pack = async ({ item, answer }) => {
    try {
      await sleep(app, PACKING);
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
    if (item === LAST) void app.stop(); // the order is packed all the same
    return new Promise((answer) => {
      orders.push({ item, answer });
      wakePacker();
    });
  };

  const sale = {
    before: ({ detail }) => log(`sale of ${detail}: the price is looked up`),
    during: async () => {
      await sleep(app, 1); // "after" waits for this
      sold += 1;
    },
    after: ({ detail }) => log(`sale of ${detail}: number ${sold}`),
  };
  app.on('sale', sale);

  const serveLast = async () => {
    await sleep(app, 1);
    log(`the last customer hears: ${await buy(LAST)}`);
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
        app.waitUntil(serveLast());
      });
    },
  });
  app.on('shutdown', {
    before: () => log('the shop is closing'),
    after: () => log('the shop is closed'),
  });

  return { order, packer };
}

/** Options of the reactor: errors are lines of the log. */
export const options = (log) => ({ onError: ({ message }) => log(`an error is reported: ${message}`) });
