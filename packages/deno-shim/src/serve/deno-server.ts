import type { FetchAddress, FetchHost, FetchListener, RequestLike, ResponseLike } from '@triphase/core/serving';

/** What a handler gets besides the request: `Deno.ServeHandlerInfo`. */
export interface DenoServeInfo {
  /** Where the client is. */
  readonly remoteAddr: { readonly transport: string; readonly hostname?: string; readonly port?: number };
  /** Settles when the answer has left. */
  readonly completed: Promise<void>;
}

/** The part of `Deno.serve`'s options that {@link DenoServeOptions} passes on. */
export interface DenoServerOptions {
  /** The certificate of an HTTPS server, in PEM. With `key`. */
  readonly cert?: string;
  /** The private key of an HTTPS server, in PEM. With `cert`. */
  readonly key?: string;
  /** Lets several processes listen on one port. Default `false`. */
  readonly reusePort?: boolean;
}

interface DenoServer {
  readonly addr: { readonly hostname: string; readonly port: number };
  shutdown(): Promise<void>;
}

/** The part of `Deno` that serves. */
export interface DenoServeNamespace {
  serve(
    options: DenoServerOptions & { port: number; hostname?: string; onListen: () => void },
    handler: (request: RequestLike, info: DenoServeInfo) => ResponseLike | Promise<ResponseLike>,
  ): DenoServer;
  readonly env: { get(name: string): string | undefined };
  readonly permissions: { querySync(descriptor: { name: 'env'; variable: string }): { readonly state: string } };
}

const KUBERNETES = 'KUBERNETES_SERVICE_HOST';

const CODES: Readonly<Record<string, string>> = {
  AddrInUse: 'EADDRINUSE',
  AddrNotAvailable: 'EADDRNOTAVAIL',
  PermissionDenied: 'EACCES',
  NotCapable: 'EPERM',
};

/** `Deno.serve` behind the interface that all hosts share. */
export class DenoServeHost implements FetchHost {
  readonly losesBodies = true;
  readonly warnsOfSignals = true;
  readonly #deno: DenoServeNamespace;
  readonly #options: DenoServerOptions;

  constructor(deno: DenoServeNamespace, options: DenoServerOptions) {
    this.#deno = deno;
    this.#options = options;
  }

  listen({ port, hostname }: FetchAddress, handle: Parameters<FetchHost['listen']>[1]): FetchListener {
    const options = { ...this.#options, port, ...(hostname !== undefined && { hostname }), onListen: ignore };
    // as: Deno answers 500 for undefined
    const handler = (request: RequestLike, info: DenoServeInfo): ResponseLike | Promise<ResponseLike> =>
      handle({ request, extra: [info], completed: info.completed }) as ResponseLike | Promise<ResponseLike>;
    const server = this.#deno.serve(options, handler);
    const { addr } = server;
    return {
      port: addr.port,
      hostname: addr.hostname,
      isSecure: this.#options.cert !== undefined,
      stop: () => server.shutdown(),
      signalOf: (request) => request.signal,
    };
  }

  codeOf(error: unknown): string {
    const { name, code, message } = error as { name?: string; code?: string; message?: string }; // as: whatever Deno throws
    return CODES[name ?? ''] ?? code ?? message ?? String(error);
  }

  /** `false` where the variable may not be read: to read it then would ask the user for the permission. */
  isInKubernetes(): boolean {
    const { env, permissions } = this.#deno;
    if (permissions.querySync({ name: 'env', variable: KUBERNETES }).state !== 'granted') return false;
    return env.get(KUBERNETES) !== undefined;
  }
}

function ignore(): void {
  return;
}
