// A resource is declared once, with both ends: it opens after what it needs, and closes before it.
import { resource } from '@triphase/core';
import { createNodeReactor } from '@triphase/node-reactor';

const reactor = createNodeReactor();

const open = (what: string) => () => {
  console.log(`open ${what}`);
  return what;
};
const close = (what: string): void => console.log(`close ${what}`);

const database = reactor.use(resource('database', open('database'), close));
const cache = reactor.use(resource('cache', open('cache'), close)); // needs nothing: opens beside the database
const users = reactor.use(resource('users', open('users'), close, { needs: [database, cache] }));
reactor.use(resource('http', open('http'), close, { needs: [users] }));

reactor.callLater(10, () => {
  console.log(`\nthe value of a resource, while it is open: ${users.value}`);
  console.log(`${reactor.describe()}\n`);
  return reactor.stop();
});

await reactor.run();
