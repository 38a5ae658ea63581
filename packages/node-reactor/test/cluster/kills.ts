import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Load } from '../../../../scripts/http-load.mjs';
import { plain, reload, throughSystemd, type ClusterKit } from './kit.ts';

/** Sends a request; resolves once the connection is closed, with whether it was answered. */
function ask(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  socket.on('error', () => undefined); // `close` follows
  return new Promise((resolve) => {
    socket.once('close', () => resolve(text.startsWith('HTTP/1.1 200') ? 'answered' : 'closed'));
  });
}

/** Workers that are killed from outside: only the connections that they had taken are lost. */
export function kills({ it, expect, start, running }: ClusterKit): void {
  it.each([
    { workers: 2, what: 'go to the other worker', expected: ['answered', 'answered', 'answered', 'answered'] },
    { workers: 1, what: 'are closed', expected: ['closed', 'closed', 'closed', 'closed'] },
  ])(
    'H7: with $workers worker(s) connections that a killed worker has not taken $what',
    async ({ workers, expected }) => {
      const program = await running({ workers, restart: { delay: 10_000 } });
      const [pid] = program.pids('v1 runs');
      process.kill(pid!, 'SIGSTOP');
      const sockets = expected.map(() => connect(program.port, '127.0.0.1'));
      await Promise.all(sockets.map((socket) => once(socket, 'connect')));
      const answers = sockets.map(ask);
      await program.status(); // the primary has accepted them before it has answered this
      process.kill(pid!, 'SIGKILL');
      expect(await Promise.all(answers)).toEqual(expected);
      const { workers: left } = await program.status();
      expect(left.map(({ state }) => state).sort()).toEqual(['ended', 'ready'].slice(0, workers).sort());
      const { status } = await program.endBy('SIGTERM');
      expect([status, await program.arePortsFree()]).toEqual([0, true]);
    },
  );

  it('H4: when a new version is killed after it listens and before it is ready, only its own connections are broken', async () => {
    const program = await running();
    const old = program.pids('v1 runs').sort();
    program.deploy('v2', 'is never ready');
    const done = reload(program);
    await program.line('v2 listens');
    const load = new Load({ port: program.port, clients: 8 }).start();
    await load.answers(50);
    process.kill(program.pids('v2 listens')[0]!, 'SIGKILL');
    const { ok, text } = await done;
    expect([ok, plain(text).split('\n').slice(1)]).toEqual([
      false,
      ['  worker 3 (pid N) was killed by SIGKILL before it was ready', '  the old workers go on'],
    ]);
    await load.answers(50);
    const { broken, refused } = await load.stop();
    expect(refused).toBe(0);
    expect(broken).toBeLessThanOrEqual(8); // one a client: each has one connection
    expect((await program.status()).workers.map(({ pid }) => pid)).toEqual(old);
    const { status } = await program.endBy('SIGTERM');
    expect([status, await program.arePortsFree()]).toEqual([0, true]);
  });

  it('H4, H7: a new worker that is killed while the old one drains is started again, and the reload is done', async () => {
    const program = await running(
      { workers: 1, restart: { delay: 10, jitter: 0 } },
      { env: { FAULT: 'stops slowly' } },
    );
    program.deploy('v2');
    const done = reload(program);
    await program.line('v1 stops restart');
    process.kill(program.pids('v2 runs')[0]!, 'SIGKILL');
    expect((await done).ok).toBe(true);
    await program.line('v2 runs', 2);
    expect(await (await program.get('/')).text()).toBe('v2');
    const { workers } = await program.status();
    expect(workers.map(({ state, restarts }) => [state, restarts])).toEqual([['ready', 1]]);
    expect((await program.endBy('SIGTERM')).status).toBe(0);
  });

  it('H10: a crash of the last worker on a socket of systemd ends the primary at once, and the next one loses no connection', async () => {
    const program = await start({}, throughSystemd(2, 'echo "the tree has ended with $?"'));
    await program.line('Listening on');
    const load = new Load({ port: program.port, clients: 4, keepAlive: false }).start(); // its first connection starts the tree
    await program.line('running');
    await load.answers(20);
    for (const pid of program.pids('v1 runs')) process.kill(pid, 'SIGKILL');
    expect(await program.line('the tree has ended')).toBe('the tree has ended with 1');
    await program.line('running', 2);
    await load.answers(20);
    const { refused } = await load.stop();
    expect(refused).toBe(0);
    expect(program.stderr).toMatch(
      /worker \d \(pid \d+\) was killed by SIGKILL while it served\. It was the last one on the socket of systemd, which is closed with it: let systemd start the primary again \(Restart=on-failure\)/,
    );
    const { pid } = await program.status();
    process.kill(pid, 'SIGTERM');
    await program.ended;
  });
}
