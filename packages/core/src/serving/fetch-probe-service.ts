import type { Phases, Service, StopReason } from '@triphase/core';
import { pathOf } from './fetch-exchange.ts';
import type { FetchHost, FetchListener } from './fetch-host.ts';
import type { RequestLike, ResponseLike } from './fetch-types.ts';
import { cannotListen } from './listen-error.ts';
import type { ProbeOptions } from './option-checks.ts';
import { responseOf } from './response-of.ts';
import type { Probes } from './probes.ts';

/** Probes on a port of their own: open before anything else starts, closed when all has stopped (N12). */
export class FetchProbeService implements Service {
  readonly name: string;
  readonly startup: Phases = { before: () => this.#listen() };
  readonly shutdown: Phases<StopReason> = { after: () => this.#close() };
  readonly #host: FetchHost;
  readonly #probes: Probes;
  readonly #options: ProbeOptions;
  readonly #serverHostname: string | undefined;
  #listener: FetchListener | undefined;

  constructor(
    host: FetchHost,
    probes: Probes,
    name: string,
    options: ProbeOptions,
    serverHostname: string | undefined,
  ) {
    this.name = `${name} probes`;
    this.#host = host;
    this.#probes = probes;
    this.#options = options;
    this.#serverHostname = serverHostname;
  }

  async #listen(): Promise<void> {
    const { port = 0, hostname = this.#host.isInKubernetes() ? this.#serverHostname : '127.0.0.1' } = this.#options;
    try {
      this.#listener = await this.#host.listen({ port, hostname }, ({ request }) => this.#answer(request));
    } catch (error) {
      throw cannotListen(this.name, `port ${String(port)}`, this.#host.codeOf(error), error);
    }
  }

  async #close(): Promise<void> {
    const stopped = this.#listener?.stop();
    this.#listener?.abort?.();
    await stopped;
  }

  async #answer({ method, url }: RequestLike): Promise<ResponseLike> {
    const path = pathOf(url);
    const answer = this.#probes.answer(method, path);
    if (answer !== undefined) return responseOf(await answer);
    return responseOf(
      this.#probes.has(path)
        ? { status: 405, body: 'GET or HEAD\n' }
        : { status: 404, body: 'there are only the probes here\n' },
    );
  }
}
