/** Where a server is bound to. */
export interface BoundAddress {
  /** The IP address. */
  readonly address: string;
  /** The TCP port. */
  readonly port: number;
}

/** `127.0.0.1`, `::1` and `localhost`: only this machine can reach them. */
export function isLoopback(host: string | undefined): boolean {
  return host !== undefined && (/^(::ffff:)?127\./.test(host) || host === '::1' || host === 'localhost');
}

/** `http://127.0.0.1:3000`; `localhost` where the server is bound to all addresses; `unix:/path` for a unix socket. */
export function urlOf(address: BoundAddress | string | null, secure: boolean): string {
  if (address === null) return '';
  if (typeof address === 'string') return `unix:${address}`;
  const { address: host, port } = address;
  const isAny = host === '::' || host === '0.0.0.0';
  return `${secure ? 'https' : 'http'}://${hostAndPort(isAny ? 'localhost' : host, port)}`;
}

/** `127.0.0.1:3000`, `[::1]:3000`. */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
