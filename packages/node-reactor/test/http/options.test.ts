import { afterEach, describe, expect, it } from '@jest/globals';
import { NodeReactor } from '@triphase/node-reactor';
import { ListenError, serveHttp, type ServeHttpOptions } from '@triphase/node-reactor/http';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawClient } from './raw-client.ts';
import { endAll, serving } from './serving.ts';

afterEach(endAll);

const errorOf = (options: unknown): string => {
  try {
    serveHttp(createServer(), options as ServeHttpOptions);
    return 'accepted';
  } catch (error) {
    return String(error);
  }
};

describe('options that cannot work', () => {
  it.each<{ readonly what: string; readonly options: unknown; readonly message: RegExp }>([
    {
      what: 'a port as text',
      options: { port: '3000' },
      message: /port is the string "3000": give a number, such as Number\(process.env.PORT\)/,
    },
    { what: 'no number', options: { port: Number.NaN }, message: /port is NaN: give a whole number from 0 to 65535/ },
    { what: 'a port out of range', options: { port: 65_536 }, message: /port is 65536/ },
    {
      what: 'a misspelt key',
      options: { prot: 3000 },
      message: /serveHttp\(\) has no option "prot": did you mean "port"\?/,
    },
    {
      what: 'a key from elsewhere',
      options: { backlog: 1, port: 1 },
      message: /no option "backlog": it has port, path, /,
    },
    { what: 'two places to listen', options: { port: 1, path: '/x' }, message: /got port and path: give one of them/ },
    {
      what: 'no place to listen',
      options: {},
      message: /does not know where to listen: give port, path or fd, or open/,
    },
    {
      what: 'hostname without port',
      options: { path: '/x', hostname: 'localhost' },
      message: /got hostname without port/,
    },
    { what: 'an empty path', options: { path: '' }, message: /path is ""/ },
    { what: 'a negative file descriptor', options: { fd: -1 }, message: /fd is -1/ },
    {
      what: 'a time as text',
      options: { port: 1, leadTime: '5000' },
      message: /leadTime is "5000": give milliseconds/,
    },
    { what: 'a negative time', options: { port: 1, idleGrace: -1 }, message: /idleGrace is -1/ },
    { what: 'no function', options: { port: 1, onStop: true }, message: /onStop is true: give a function/ },
    {
      what: 'probes that are true',
      options: { port: 1, probes: true },
      message: /probes is true: give false or an object/,
    },
    {
      what: 'a misspelt probe',
      options: { port: 1, probes: { redy: '/x' } },
      message: /no option "redy": did you mean "ready"/,
    },
    {
      what: 'a probe without slash',
      options: { port: 1, probes: { live: 'livez' } },
      message: /probes.live is "livez": give a path/,
    },
    {
      what: 'a host of probes without port',
      options: { port: 1, probes: { hostname: '::' } },
      message: /probes.hostname without probes.port/,
    },
    { what: 'an empty name', options: { port: 1, name: '' }, message: /name is ""/ },
  ])('N12–N18: $what is refused, and the error says what to write', ({ options, message }) => {
    expect(errorOf(options)).toMatch(message);
    expect(errorOf(options)).toMatch(/^TypeError/);
  });

  it('a server that is served already, a value that is no server, and a port for a listening server are refused', async () => {
    const server = createServer();
    serveHttp(server, { port: 0 });
    expect(() => serveHttp(server, { port: 0 })).toThrow(/is under serveHttp\(\) already/);
    expect(() => serveHttp({} as never, { port: 0 })).toThrow(/something that is no server/);
    const listening = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listening.once('listening', resolve));
    expect(() => serveHttp(listening, { port: 1 })).toThrow(/got port, but the server listens already: leave it out/);
    listening.close();
  });

  it('port and url throw before it listens, and say what to do', () => {
    const http = serveHttp(createServer(), { port: 0 });
    expect(() => http.port).toThrow('Service "http" does not listen yet: pass it to app.use()');
    new NodeReactor({ signals: false }).use(http);
    expect(() => http.url).toThrow('Service "http" does not listen yet: read its port and url after startup');
  });
});

describe('listening', () => {
  it('N12: with port 0 it listens on a free port of all addresses, and url gives it', async () => {
    const { http, port } = await serving(createServer(), { hostname: '0.0.0.0', port: 0 });
    expect([http.url, port > 0]).toEqual([`http://localhost:${String(port)}`, true]);
  });

  it('N12: a port that is taken fails the start with what to do', async () => {
    const { port } = await serving(createServer());
    const failed = serving(createServer(), { port });
    await expect(failed).rejects.toMatchObject({ result: { reason: { cause: expect.any(ListenError) } } });
    await expect(failed).rejects.toThrow(
      `Service "http" cannot listen on 127.0.0.1:${String(port)} (EADDRINUSE): another process uses it`,
    );
  });

  it('N12: it listens on a unix socket, whose file is removed at the stop', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'triphase-'));
    const path = join(folder, 'http.sock');
    const { http, stop } = await serving(
      createServer((_request, response) => response.end('by path')),
      { path },
    );
    expect(http.url).toBe(`unix:${path}`);
    expect(() => http.port).toThrow(/has no port/);
    const answer = await new Promise((resolve) => {
      request({ socketPath: path }, (response) => response.setEncoding('utf8').on('data', resolve)).end();
    });
    expect(answer).toBe('by path');
    await stop();
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, '');
    await expect(serving(createServer(), { path })).rejects.toThrow(/\(EADDRINUSE\): the file is there already/);
    rmSync(folder, { recursive: true });
  });

  it('N12: with open and close the framework listens, and closes after the listener', async () => {
    const steps: string[] = [];
    const server = createServer((_request, response) => response.end('ok'));
    const { port, stop } = await serving(server, {
      open: () => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)),
      close: () => steps.push(`close, listening: ${String(server.listening)}`),
    });
    await (await RawClient.connect(port)).get('/').until(/ok/);
    await stop();
    expect(steps).toEqual(['close, listening: false']);
  });

  it('N12: an open that does not make the server listen fails the start', async () => {
    await expect(serving(createServer(), { open: () => undefined })).rejects.toThrow(
      /open\(\) is done, but this server does not listen: pass the server that the framework listens with/,
    );
  });

  it('N13: the lead time is 5 s in Kubernetes, unless the server is bound to loopback', () => {
    const leadTime = (options: ServeHttpOptions): number | undefined =>
      serveHttp(createServer(), { port: 0, ...options }).leadTime;
    const locally = leadTime({});
    process.env['KUBERNETES_SERVICE_HOST'] = '10.0.0.1';
    try {
      expect([locally, leadTime({}), leadTime({ hostname: '127.0.0.1' }), leadTime({ hostname: 'localhost' })]).toEqual(
        [0, 5_000, 0, 0],
      );
      expect(leadTime({ hostname: '0.0.0.0' })).toBe(5_000);
      expect(leadTime({ leadTime: 100 })).toBe(100);
    } finally {
      delete process.env['KUBERNETES_SERVICE_HOST'];
    }
  });
});
