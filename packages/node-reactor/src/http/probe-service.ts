import type { Phases, Service, StopReason } from '@triphase/core';
import type { ProbeOptions, Probes } from '@triphase/core/serving';
import { createServer, type Server } from 'node:http';
import { ANSWER_HEADERS, whenAnswered, writeAnswer } from './answers.ts';
import { listen } from './listen.ts';
import { isInKubernetes, type ServeHttpOptions } from './options.ts';

/** Probes on a port of their own: open before anything else starts, closed when all has stopped (N12). */
export class ProbeService implements Service {
  readonly name: string;
  readonly server: Server;
  readonly startup: Phases = { before: () => listen(this.server, this.name, this.#options) };
  readonly shutdown: Phases<StopReason> = {
    after: () => {
      this.server.close();
      this.server.closeAllConnections();
    },
  };
  readonly #options: ServeHttpOptions;

  constructor(probes: Probes, name: string, { port = 0, hostname }: ProbeOptions, serverHostname: string | undefined) {
    this.name = `${name} probes`;
    const host = hostname ?? (isInKubernetes() ? serverHostname : '127.0.0.1');
    this.#options = { port, ...(host !== undefined && { hostname: host }) };
    this.server = createServer((request, response) => {
      const { method, url = '' } = request;
      const answer = probes.answer(method, url);
      if (answer !== undefined)
        whenAnswered(answer, (found) => {
          writeAnswer(response, found, method);
        });
      else if (probes.has(url)) response.writeHead(405, { ...ANSWER_HEADERS, allow: 'GET, HEAD' }).end('GET or HEAD\n');
      else response.writeHead(404, ANSWER_HEADERS).end('there are only the probes here\n');
    });
  }
}
