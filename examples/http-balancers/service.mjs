// The service behind the balancer. It appends the body of each POST to a file, and answers with its process id and the body.
import { resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { PORT = '3001', LEAD_TIME = '1500', PROBES_PORT, JOURNAL = 'journal.txt' } = process.env;
await runService((app) => {
  const journal = app.use(
    resource(
      'journal',
      () => open(JOURNAL, 'a'),
      (file) => file.close(),
    ),
  );
  // Longer than a balancer keeps an idle connection, so that the balancer closes it first.
  const server = createServer({ keepAliveTimeout: 65_000 }, async (request, response) => {
    const body = await text(request);
    if (request.method === 'POST') await journal.value.appendFile(`${body}\n`);
    response.end(`${process.pid} ${body}`);
  });
  const probes = PROBES_PORT === undefined ? {} : { port: Number(PROBES_PORT) };
  app.use(serveHttp(server, { port: Number(PORT), leadTime: Number(LEAD_TIME), needs: [journal], probes }));
});
