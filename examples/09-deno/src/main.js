// An HTTP service on Deno. A stop answers every request, then closes the file.
import { resource } from '@triphase/core';
import { runService, serveDeno } from '@triphase/deno-shim';

const file = Deno.args[0] ?? 'numbers.txt';
let acknowledged = 0;

await runService((app) => {
  const open = () => Deno.open(file, { append: true, create: true });
  const journal = app.use(
    resource('journal', open, async (handle) => {
      await handle.sync();
      handle.close();
    }),
  );

  const store = async (request) => {
    const line = new TextEncoder().encode(`${await request.text()}\n`);
    await journal.value.write(line);
    acknowledged++;
    return new Response('stored\n');
  };
  const port = Number(Deno.env.get('PORT') ?? 8000);
  const http = app.use(serveDeno(store, { port, needs: [journal] }));

  app.on('startup', { after: () => console.log(`listening on ${http.url}`) });
  app.on('shutdown', {
    after: async () => {
      const lines = (await Deno.readTextFile(file)).split('\n').length - 1;
      console.log(`acknowledged ${acknowledged}, the file has ${lines} lines`);
    },
  });
});
