import { Intake, RESTARTING } from '@triphase/core/serving';
import { AsyncResource } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers';
import type { Exchange } from './exchange.ts';

/** The requests of `node:http` and `node:http2`, also those for an upgrade, that wait while a service that the server needs restarts (C60). */
export class HttpIntake extends Intake {
  /** A request waits; then `pass` is called, or it is refused. */
  wait(exchange: Exchange, pass: () => void): void {
    this.add({
      startedAt: exchange.startedAt,
      get isOver() {
        return exchange.isOver;
      },
      pass,
      refuse: () => {
        exchange.release();
        if (!exchange.isOver) exchange.answer(RESTARTING);
      },
    });
  }

  /** A request for an upgrade waits; then `pass` is called, or `refuse`, with what `Retry-After` says, in seconds. */
  waitWithUpgrade(socket: Socket, startedAt: number, pass: () => void, refuse: (retryAfter?: number) => void): void {
    socket.on('error', ignore); // Node has taken its own listener away
    const passNow = (): void => {
      if (socket.destroyed) return;
      socket.off('error', ignore);
      if (this.state !== 'up') this.waitWithUpgrade(socket, startedAt, pass, refuse);
      else pass();
    };
    this.add({
      startedAt,
      get isOver() {
        return socket.destroyed;
      },
      pass: AsyncResource.bind(() => void setImmediate(passNow)),
      refuse: () => {
        refuse(RESTARTING.retryAfter);
      },
    });
  }
}

function ignore(): void {
  return;
}
