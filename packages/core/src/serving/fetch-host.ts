import type { AbortSignalLike } from '@triphase/core';
import type { RequestLike, ResponseLike } from './fetch-types.ts';
import type { ServedUpgrade } from './served-traffic.ts';

/** Where to listen. */
export interface FetchAddress {
  /** 0 takes any free one. */
  readonly port: number;
  /** Default: what the host takes. */
  readonly hostname?: string | undefined;
}

/** One request, as the host gives it to {@link FetchHost.listen}'s `handle`. */
export interface Incoming {
  /** The host's `Request`. */
  readonly request: RequestLike;
  /** What the host passes besides. */
  readonly extra: readonly unknown[];
  /** Settles when the answer has left. Without it, `hasAnswered` of the listener is asked. */
  readonly completed?: PromiseLike<unknown> | undefined;
}

/** What a host gives when it listens. */
export interface FetchListener {
  /** The port it listens on. */
  readonly port: number;
  /** The address it is bound to. */
  readonly hostname: string;
  /** Connections are encrypted. Default `false`. */
  readonly isSecure?: boolean;
  /** Closes the listener; settles when everything is answered and no connection is left. */
  stop(): PromiseLike<unknown>;
  /** Ends every connection, once what was answered just now has left. Hosts that can't do that leave it out. */
  abort?(): PromiseLike<unknown>;
  /** Connections that have become WebSockets, where the host doesn't close them itself. */
  upgraded?(): readonly ServedUpgrade[];
  /** The signal of a request. Left out where `request.signal` is enough. */
  signalOf?(request: RequestLike): AbortSignalLike;
  /** How many requests the host counts as under way. */
  underWay?(): number;
  /** Whether the answer to a request has left, or its client has gone. For hosts without {@link Incoming.completed}. */
  hasAnswered?(request: RequestLike): boolean;
  /** Sets whether the host may close the connection of a request when nothing is sent for long. For hosts that do that. */
  limitSilence?(request: RequestLike, isLimited: boolean): void;
}

/** An HTTP server of a host, such as `Deno.serve` and `Bun.serve`. */
export interface FetchHost {
  /** Listens. Throws, or rejects with, the host's own error. */
  listen(
    address: FetchAddress,
    handle: (incoming: Incoming) => ResponseLike | undefined | Promise<ResponseLike | undefined>,
  ): FetchListener | Promise<FetchListener>;
  /** The code of the host's error, such as `EADDRINUSE`; the message where there is no code. */
  codeOf(error: unknown): string;
  /** Kubernetes sets `KUBERNETES_SERVICE_HOST` in each container. */
  isInKubernetes(): boolean;
  /** Reading the signal of a request makes the host print a warning, so it is read only for `requestSignal()`. Default `false`. */
  readonly warnsOfSignals?: boolean;
  /** A body that is still arriving when the listener closes can't be read any more (denoland/deno#36809). */
  readonly losesBodies: boolean;
  /** A handler that returns undefined has made the request a WebSocket. Default `false`: that is no answer. */
  readonly upgrades?: boolean;
}
