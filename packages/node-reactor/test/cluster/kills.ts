import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ClusterKit } from './kit.ts';

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

/** Connections of workers that are killed from outside: only what the worker had taken is lost. */
export function kills({ it, expect, running }: ClusterKit): void {
  it.each([
    [2, 'go to another one', ['answered', 'answered', 'answered', 'answered']],
    [1, 'are closed where there is no other one', ['closed', 'closed', 'closed', 'closed']],
  ])('H7: with %i worker(s) connections that a killed worker has not taken %s', async (workers, _what, expected) => {
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
  });
}
