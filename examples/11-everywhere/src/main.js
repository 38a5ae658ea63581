// On Node, Deno and Bun: orders come by HTTP.
import { runService, serve } from 'triphase';
import { addShop, reactorOptions } from './shop.js';

const log = (line) => console.log(line);

const { reason } = await runService((app) => {
  const buy = async (item) => (await fetch(new URL('/orders', http.url), { method: 'POST', body: item })).text();
  const { order, packer } = addShop(app, { log, buy });
  const answer = async (request) => new Response(await order(await request.text()));
  const http = app.use(serve(answer, { port: 0, hostname: '127.0.0.1', needs: [packer] }));
}, reactorOptions(log));
log(`the run is over: ${reason.kind}`);
