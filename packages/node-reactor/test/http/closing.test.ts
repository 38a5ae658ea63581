import { afterEach, describe, expect, it } from '@jest/globals';
import type { NodeReactor } from '@triphase/node-reactor';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { RawClient, deferred, refused, until } from './raw-client.ts';
import { endAll, serving } from './serving.ts';

afterEach(endAll);

describe('closing the listener', () => {
  it('N13: the listener closes as soon as a stop begins, also while before shutdown is pending', async () => {
    const gate = deferred();
    const { port, stop } = await serving(
      createServer((_request, response) => response.end('ok')),
      {},
      {
        prepare: (app, http) => app.use({ name: 'api', needs: [http], shutdown: { before: () => gate.promise } }),
      },
    );
    const stopped = stop();
    await refused(port);
    gate.resolve();
    expect((await stopped).result.errors).toEqual([]);
  });

  it('N13: in the lead time the server accepts and serves, and /readyz answers 503', async () => {
    const served = createServer((_request, response) => response.end('served'));
    const { app, http, port, stop } = await serving(served, { leadTime: 1_000 });
    const stopped = stop();
    expect(http.status()).toMatch(/^lead time, (1\.0|0\.\d) s left, 0 requests, /);
    const probe = (await RawClient.connect(port)).get('/readyz');
    await probe.until(/stopping/);
    const late = (await RawClient.connect(port)).get('/');
    await late.until(/served/);
    expect([probe.received.includes('503'), late.received.includes('Connection: close'), app.running]).toEqual([
      true,
      false,
      true,
    ]);
    const { ms } = await stopped;
    expect(ms).toBeGreaterThan(999.999); // a difference of two readings is rounded
    await refused(port);
  });

  it('N13: the lead time ends even while before shutdown of another service is pending', async () => {
    const gate = deferred();
    const { port, stop } = await serving(
      createServer(),
      { leadTime: 50 },
      {
        prepare: (app) => app.on('shutdown', { before: () => gate.promise }),
      },
    );
    const stopped = stop();
    await refused(port);
    gate.resolve();
    await stopped;
  });

  it('N13: a second signal skips the lead time', async () => {
    const { app, http, port, stop } = await serving(createServer(), { leadTime: 10_000 });
    const stopped = stop();
    await until(() => http.status().startsWith('lead time'));
    app.escalate();
    expect((await stopped).ms).toBeLessThan(10_000);
    await refused(port);
  });

  it('N13: a start that fails does not wait for the lead time', async () => {
    const server = createServer();
    const fails = { name: 'fails', startup: { after: () => Promise.reject(new Error('no')) } };
    await expect(serving(server, { leadTime: 10_000 }, { prepare: (app) => app.use(fails) })).rejects.toThrow('no');
    expect(server.listening).toBe(false);
  });

  it('N13: a stop while the server begins to listen closes it', async () => {
    const server = createServer();
    const stopSoon = { prepare: (app: NodeReactor) => app.on('startup', { during: () => void app.stop() }) };
    const { app } = await serving(server, {}, stopSoon);
    expect([app.state, server.listening]).toEqual(['stopped', false]);
  });

  it('N13: the server emits close once, when the last connection is gone', async () => {
    const server = createServer((_request, response) => response.end('ok'));
    const { port, stop } = await serving(server, { idleGrace: 20 });
    let closes = 0;
    server.on('close', () => closes++);
    const client = (await RawClient.connect(port)).get('/');
    await client.until(/ok/);
    await stop();
    await wait(10); // a second `close` would come in the next turns
    expect(closes).toBe(1);
  });

  it('H3: a stop with the reason restart closes the listener in before shutdown, like any other stop', async () => {
    const server = createServer((_request, response) => response.end());
    let wasListening: boolean | undefined;
    const { app, stop } = await serving(
      server,
      {},
      {
        prepare: (reactor) =>
          reactor.on('shutdown', {
            during: () => {
              wasListening = server.listening;
            },
          }),
      },
    );
    void app.stop({ kind: 'restart' });
    await stop();
    expect(wasListening).toBe(false);
  });
});
