// A resource is declared once, with open and close: it opens after the services it needs, and closes before them.
import { resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';

const open = (what: string) => () => {
  console.log(`open ${what}`);
  return what;
};
const close = (what: string): void => console.log(`close ${what}`);

await runService((app) => {
  const database = app.use(resource('database', open('database'), close));
  const cache = app.use(resource('cache', open('cache'), close)); // needs nothing: opens beside the database
  const users = app.use(resource('users', open('users'), close, { needs: [database, cache] }));
  app.use(resource('http', open('http'), close, { needs: [users] }));

  app.callLater(10, () => {
    console.log(`\nthe value of a resource, while it is open: ${users.value}`);
    console.log(`${app.describe()}\n`);
    return app.stop();
  });
});
