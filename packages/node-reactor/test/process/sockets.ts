import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, Load } from '../../../../scripts/http-load.mjs';
import type { ProcessKit } from './kit.ts';
import { lackingSystemd } from './notify-socket.ts';
import type { Program } from './program.ts';

const ACTIVATE = 'systemd-socket-activate';

/** `serveHttp` on sockets that systemd has passed: N19. */
export function sockets(kit: ProcessKit): void {
  const { expect } = kit;
  const reason = lackingSystemd();

  function it(rule: string, body: () => Promise<void>): void {
    if (reason === undefined) kit.it('N19', rule, body);
    else kit.skip('N19', rule, reason);
  }

  if (kit.runtime.name === 'Bun') {
    it('on Bun a socket of systemd is refused at once', async () => {
      const { lines } = await kit.run('onTheSocket');
      expect(lines[0]?.startsWith("HostMissingError false: serveHttp() got fd 'systemd' on Bun")).toBe(true);
    });

    kit.it('D5', 'on Bun a file descriptor is refused, since Bun would listen on a random port', async () => {
      const { lines } = await kit.run('onFileDescriptor');
      expect(lines[0]?.startsWith('HostMissingError false: serveHttp() got fd 3 on Bun')).toBe(true);
    });
    return;
  }

  for (const keepAlive of [true, false]) {
    const clients = keepAlive ? 'keep-alive clients' : 'clients that connect anew';
    it(`a socket of systemd-socket-activate is served, and no request of ${clients} is broken by a stop`, async () => {
      const port = await freePort();
      const program = kit.start('onTheSocket', { through: [ACTIVATE, '-l', `127.0.0.1:${port}`] });
      await program.line('Listening on');
      const load = new Load({ port, keepAlive }).start(); // its first connection starts the program
      await load.answers(200);
      const { status, lines } = await program.endBy('SIGTERM');
      const { broken, errors, answered } = await load.stop();
      expect([status, broken, errors, answered >= 200]).toEqual([0, 0, {}, true]);
      expect(lines).toEqual([`pid ${program.pid} http://127.0.0.1:${port}`, 'stopped']);
    });
  }

  it('four processes run one after another on one socket: no connection is refused or lost between them', async () => {
    const port = await freePort();
    // The shell holds the socket, as systemd does.
    const again = 'for n in 1 2 3 4; do sh -c \'LISTEN_PID=$$ exec "$@"\' sh "$@"; done';
    const program = kit.start('onTheSocket', {
      through: [ACTIVATE, '-l', `127.0.0.1:${port}`, 'sh', '-c', again, 'sh'],
    });
    await program.line('Listening on');
    const load = new Load({ port, keepAlive: false }).start();
    for (let n = 1; n <= 3; n++) {
      const pid = await nthPid(program, n);
      await load.answers(100);
      process.kill(pid, 'SIGTERM');
    }
    const last = await nthPid(program, 4);
    await load.answers(100);
    const { refused, errors, answered } = await load.stop();
    process.kill(last, 'SIGTERM');
    const { status, stderr } = await program.ended;
    expect([status, refused, errors, answered >= 400]).toEqual([0, 0, {}, true]);
    expect(stderr.includes('Error')).toBe(false);
  });

  it('sockets are told apart by their names', async () => {
    const ports = [await freePort(), await freePort()];
    const program = kit.start('onNamedSockets', {
      through: [ACTIVATE, ...ports.flatMap((port) => ['-l', `127.0.0.1:${port}`]), '--fdname=admin:web'],
    });
    await program.line(`Listening on 127.0.0.1:${ports[1]}`);
    const answers = await Promise.all(ports.map((port) => get({ port })));
    expect([answers, (await program.endBy('SIGTERM')).status]).toEqual([['systemd:admin\n', 'systemd:web\n'], 0]);
  });

  it('a unix socket is served, and its file is not removed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'triphase-socket-'));
    const socketPath = join(folder, 'http');
    try {
      const program = kit.start('onTheSocket', { through: [ACTIVATE, '-l', socketPath] });
      await program.line('Listening on');
      expect(await get({ socketPath })).toBe('systemd\n');
      const { status, lines } = await program.endBy('SIGTERM');
      expect([status, lines, existsSync(socketPath)]).toEqual([
        0,
        [`pid ${program.pid} unix:fd systemd`, 'stopped'],
        true,
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('a worker of a cluster listens on the socket of its primary', async () => {
    const port = await freePort();
    const program = kit.start('onTheSocketInWorkers', { through: [ACTIVATE, '-l', `127.0.0.1:${port}`] });
    await program.line('Listening on');
    expect(await get({ port })).toBe('systemd\n');
    const { status, lines } = await program.endBy('SIGTERM');
    expect([status, lines.at(-1), lines[0]?.startsWith(`pid ${program.pid} `)]).toEqual([0, 'stopped', false]);
  });

  for (const { what, name, env, messageStart } of [
    {
      what: 'no socket',
      name: 'onTheSocket',
      env: {},
      messageStart: 'LISTEN_FDS and LISTEN_PID are not set, so systemd has passed no socket. Start the socket unit',
    },
    {
      what: 'the pid of another process',
      name: 'onTheSocket',
      env: { LISTEN_FDS: '1', LISTEN_PID: '1' },
      messageStart: 'the socket was passed to the process 1, and this one is',
    },
    {
      what: 'no number of sockets',
      name: 'onTheSocket',
      env: { LISTEN_FDS: 'x' },
      messageStart: 'LISTEN_FDS is "x", which is no number of sockets',
    },
    {
      what: 'an unknown name',
      name: 'onUnknownSocket',
      env: { LISTEN_FDS: '2', LISTEN_FDNAMES: 'web:admin' },
      messageStart:
        'systemd has passed no socket of that name, but "web", "admin". Give one of these, or set FileDescriptorName=metrics',
    },
    {
      what: 'several sockets without a name',
      name: 'onTheSocket',
      env: { LISTEN_FDS: '2', LISTEN_FDNAMES: 'web:admin' },
      messageStart: 'systemd has passed 2 sockets, "web", "admin". Say which one, such as fd: \'systemd:web\'',
    },
    {
      what: 'several sockets of one name',
      name: 'onNamedSockets',
      env: { LISTEN_FDS: '2', LISTEN_FDNAMES: 'web:web' },
      messageStart: 'systemd has passed 2 sockets of that name. Give each a socket unit of its own',
    },
  ] as const) {
    it(`${what} is a ListenError that says what to do`, async () => {
      // The shell knows the pid that the program will have.
      const through =
        'LISTEN_PID' in env || !('LISTEN_FDS' in env) ? [] : ['sh', '-c', 'export LISTEN_PID=$$; exec "$@"', 'sh'];
      const { status, lines } = await kit.start(name, { env, through }).ended;
      const [line = ''] = lines;
      expect([
        status,
        line.startsWith('ListenError true: Service "on systemd'),
        line.includes(`: ${messageStart}`),
      ]).toEqual([1, true, true]);
    });
  }

  it('a socket that another server of this process has taken is a ListenError', async () => {
    const port = await freePort();
    const program = kit.start('onTheSocketTwice', { through: [ACTIVATE, '-l', `127.0.0.1:${port}`] });
    await program.line('Listening on');
    const answer = get({ port }).catch(() => undefined);
    const { status, lines } = await program.ended;
    await answer;
    expect([status, lines[0]?.includes('a server of this process has taken that socket already')]).toEqual([1, true]);
  });
}

/** Waits until the program is started for the `n`th time, and gives its pid. */
async function nthPid(program: Program, n: number): Promise<number> {
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    const line = program.lines.filter((text) => text.startsWith('pid '))[n - 1];
    if (line !== undefined) return Number(line.split(' ')[1]);
    await sleep(5);
  }
  throw new Error(`not started for the ${n}th time: ${JSON.stringify(program.lines)} ${program.stderr}`);
}

/** The body of an answer. */
async function get(where: { readonly port: number } | { readonly socketPath: string }): Promise<string> {
  const sent = request({ host: '127.0.0.1', agent: false, ...where }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk as string;
  return body;
}
