import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { RawClient, deferred, refused, until } from './raw-client.ts';
import { Restartable, answersWithDb } from './restartable.ts';
import { endAll } from './serving.ts';

afterEach(endAll);

describe('C60: a stop in the middle of a restart', () => {
  it('C60: a stop while requests are answered drains as always, and answers those that wait', async () => {
    const slow = deferred();
    const server = createServer((request, response) => {
      void (request.url === '/slow' ? slow.promise : Promise.resolve()).then(() => response.end(target.db.value));
    });
    const target = await new Restartable().start(server);
    const first = (await RawClient.connect(target.port)).get('/slow');
    await once(server, 'request');
    const restarted = target.restart().catch((error: unknown) => error);
    await target.waiting(0);
    const second = (await RawClient.connect(target.port)).get('/');
    await target.waiting(1);
    const stopped = target.serving.stop();
    await second.until(/db 1/);
    await refused(target.port);
    expect(target.said).toEqual(['open']);
    slow.resolve();
    await first.until(/db 1/);
    expect((await stopped).result.errors).toEqual([]);
    expect(await restarted).toMatchObject({ name: 'ReactorStoppedError' });
    expect(target.said).toEqual(['open', 'close']);
  });

  it('C60: a stop while the database is down answers those that wait with 503, closes the listener, and calls close once', async () => {
    const calls: string[] = [];
    const target = await new Restartable().start(createServer(answersWithDb(() => target)), {
      close: () => void calls.push('close'),
    });
    const opening = deferred();
    target.opening = opening.promise;
    target.restart().catch(() => undefined);
    await target.closed();
    const client = (await RawClient.connect(target.port)).get('/');
    await target.waiting(1);
    const stopped = target.serving.stop();
    await client.until(/503/);
    await refused(target.port);
    opening.resolve();
    const { result } = await stopped;
    expect([result.errors, target.serving.errors, calls]).toEqual([[], [], ['close']]);
    await client.ended();
    expect(target.serving.http.status()).toMatch(/0 connections$/);
  });
});

describe('C31, C60: a crash in the middle of a restart', () => {
  it('C31, C60: after a crash while requests are answered the server goes on', async () => {
    const slow = deferred();
    const server = createServer((request, response) => {
      void (request.url === '/slow' ? slow.promise : Promise.resolve()).then(() => response.end(target.db.value));
    });
    const target = await new Restartable().start(server);
    const first = (await RawClient.connect(target.port)).get('/slow');
    await once(server, 'request');
    target.restart().catch(() => undefined);
    await target.waiting(0);
    const second = (await RawClient.connect(target.port)).get('/');
    await target.waiting(1);
    target.serving.app.crash();
    await second.until(/db 1/);
    slow.resolve();
    await first.until(/db 1/);
    for (const client of [first, second]) client.socket.destroy();
    const run = target.serving.app.run();
    await target.serving.app.startupReport;
    const { result } = await target.serving.stop().then(async () => ({ result: await run }));
    expect(result.errors).toEqual([]);
    await refused(target.port);
  });

  it('C31, C60: after a crash while the database is down requests get 503 until the next run has opened it', async () => {
    const target = await new Restartable().start(createServer(answersWithDb(() => target)));
    const { app } = target.serving;
    const opening = deferred();
    target.opening = opening.promise;
    target.restart().catch(() => undefined);
    await target.closed();
    const client = (await RawClient.connect(target.port)).get('/');
    await target.waiting(1);
    app.crash();
    await client.until(/503/);
    await client.get('/').until(/503/, 2);
    opening.resolve();
    const run = app.run();
    await until(() => app.state === 'running');
    await client.get('/').until(/db \d/);
    client.socket.destroy();
    await app.stop();
    expect((await run).errors).toEqual([]);
    await refused(target.port);
  });
});
