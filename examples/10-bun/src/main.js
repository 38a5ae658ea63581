// An HTTP service with a database on Bun. A stop answers every request, then closes the database.
import { resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveBun } from '@triphase/node-reactor/http';
import { Database } from 'bun:sqlite';

const file = process.argv[2] ?? 'numbers.sqlite';
let acknowledged = 0;

await runService((app) => {
  const open = () => {
    const connection = new Database(file);
    connection.run('CREATE TABLE IF NOT EXISTS numbers (value TEXT)');
    return connection;
  };
  const close = (connection) => {
    const rows = connection.query('SELECT * FROM numbers').all().length;
    console.log(`acknowledged ${acknowledged}, the table has ${rows} rows`);
    connection.close(true);
  };
  const database = app.use(resource('database', open, close));

  const store = async (request) => {
    database.value.query('INSERT INTO numbers VALUES (?)').run(await request.text());
    acknowledged++;
    return new Response('stored\n');
  };
  const port = Number(process.env.PORT ?? 8000);
  const http = app.use(serveBun(store, { port, needs: [database] }));

  app.on('startup', { after: () => console.log(`listening on ${http.url}`) });
});
