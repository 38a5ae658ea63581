import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Load } from '../../../../scripts/http-load.mjs';
import type { ProcessKit } from './kit.ts';
import type { Program } from './program.ts';

/** A server that is stopped by a signal: N13–N17. */
export function http(kit: ProcessKit): void {
  const { expect } = kit;

  for (const name of ['serves', 'servesFromDatabase']) {
    for (const keepAlive of [true, false]) {
      const clients = keepAlive ? 'keep-alive clients' : 'clients that connect anew';
      kit.it('N15', `${name}: no request of 20 ${clients} is broken by a stop, 3 times`, async () => {
        for (let run = 0; run < 3; run++) {
          const { program, port } = await listening(kit, name);
          const load = new Load({ port, keepAlive }).start();
          await load.answers(200);
          const { status } = await program.endBy('SIGTERM');
          const { broken, errors, answered } = await load.stop();
          expect([status, broken, errors, answered >= 200]).toEqual([0, 0, {}, true]);
        }
      });
    }
  }

  for (const keepAlive of [true, false]) {
    const clients = keepAlive ? 'keep-alive clients' : 'clients that connect anew';
    kit.it('C60', `no request of 20 ${clients} is broken or refused by restarts of the database`, async () => {
      const { program, port } = await listening(kit, 'restartsDatabase');
      const load = new Load({ port, keepAlive }).start();
      for (let run = 0; run < 5; run++) {
        await load.answers(100);
        program.signal('SIGUSR2');
        await program.line(`restarted ${run + 1}`);
      }
      const { broken, refused, errors, answered } = await load.stop();
      const { status } = await program.endBy('SIGTERM');
      expect([status, broken, refused, errors, answered >= 500]).toEqual([0, 0, 0, {}, true]);
    });
  }

  // Once is enough, and it takes ten seconds.
  if (kit.runtime.name === 'Node')
    kit.it('N14', '10 000 idle connections are closed, and do not delay the end', async () => {
      const { program, port } = await listening(kit, 'serves');
      const sockets: Socket[] = [];
      // In portions: the system queues a few hundred connections that are not accepted yet.
      while (sockets.length < 10_000) {
        const portion = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'));
        await Promise.all(portion.map((socket) => once(socket, 'connect')));
        sockets.push(...portion);
      }
      const closed = Promise.all(sockets.map((socket) => once(socket.resume(), 'end')));
      const { status } = await program.endBy('SIGTERM');
      await closed;
      expect(status).toBe(0);
    });

  kit.it('N17', 'a request that is cut is named, and the status is 1', async () => {
    const { program, port } = await listening(kit, 'hangsInRequest');
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /report HTTP/1.1\r\nHost: x\r\n\r\n');
    await program.line('request');
    const { status, stderr } = await program.endBy('SIGTERM');
    expect([status, /cut 1 request after drainTimeout: GET \/report \(\d\.\d s\)/.test(stderr)]).toEqual([1, true]);
  });

  kit.it('N13', 'a handler that throws during a stop breaks only its own request, and the status is 1', async () => {
    const { program, port } = await listening(kit, 'throwsInHandler');
    const sockets = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').setEncoding('latin1'));
    const get = async (socket: Socket, path: string): Promise<string> => {
      const answer = once(socket, 'data');
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      return String((await answer)[0]).slice(9, 12);
    };
    const first = await Promise.all(sockets.map((socket) => get(socket, '/')));
    const ended = program.endBy('SIGTERM');
    const then = await Promise.all(sockets.map((socket, index) => get(socket, index === 0 ? '/throw' : '/')));
    const { status } = await ended;
    expect([first, then, status]).toEqual([['200', '200', '200', '200'], ['500', '200', '200', '200'], 1]);
  });

  kit.it('N28', 'when the start is over, a line names a server that no reactor uses, and says what to do', async () => {
    const { status, stderr } = await kit.run('forgetsUse');
    expect([status, stderr]).toEqual([0, `${unused('shop')}\n`]);
  });

  kit.it('N28', 'a process that ends by itself and has not used its servers prints a line for each', async () => {
    const { status, stderr } = await kit.run('hasNoReactor');
    expect([status, stderr]).toEqual([0, `${unused('http')}\n${unused('shop')}\n`]);
  });

  kit.it('N28', 'a server that was made before setup, and is used in it, serves', async () => {
    const { status, lines, stderr } = await kit.run('usesServerMadeBefore');
    expect([status, lines, stderr]).toEqual([0, ['served'], '']);
  });

  kit.it('N13', 'a worker of a cluster ends once its run is over, with exitedAfterDisconnect set', async () => {
    const { program } = await listening(kit, 'clusterWorker');
    const { status, lines } = await program.endBy('SIGUSR2');
    expect([status, lines.at(-1)]).toEqual([0, 'worker 0, left by itself: true']);
  });

  kit.it('N13', 'a worker of a cluster whose stop fails ends with status 1', async () => {
    const { program } = await listening(kit, 'failedClusterWorker');
    const { lines } = await program.endBy('SIGUSR2');
    expect(lines.at(-1)).toBe('worker 1');
  });
}

const unused = (name: string): string =>
  `No reactor uses the server ${name}, so it doesn't listen: pass it to app.use()`;

async function listening(kit: ProcessKit, name: string): Promise<{ program: Program; port: number }> {
  const program = kit.start(name);
  const line = await program.line('port ');
  return { program, port: Number(line.slice('port '.length)) };
}
