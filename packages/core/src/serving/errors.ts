import { TriphaseError } from '@triphase/core';

/** The server could not listen: the address is taken, not allowed or not there. `cause` is the host's own error. */
export class ListenError extends TriphaseError {
  /** Identifies the kind of error. Unlike the class name, a minifier doesn't change it. */
  readonly code = 'ERR_TRIPHASE_LISTEN';
}

/**
 * A stop cut requests that were still being answered at the limit (N17). It is the reason of the signals of `requestSignal()`, and the
 * error in the report of the stop.
 */
export class RequestCutError extends TriphaseError {
  /** Identifies the kind of error. Unlike the class name, a minifier doesn't change it. */
  readonly code = 'ERR_TRIPHASE_REQUEST_CUT';
  /** The requests that were cut: method, path and age in milliseconds. */
  readonly requests: readonly CutRequest[];

  constructor(message: string, requests: readonly CutRequest[]) {
    super(message);
    this.requests = requests;
  }
}

/** A request that a stop cut. */
export interface CutRequest {
  /** Such as `GET`. */
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly path: string;
  /** Milliseconds since the request arrived. */
  readonly age: number;
}

/** The error of a stop that cuts these requests. */
export function requestsCut(
  name: string,
  requests: readonly CutRequest[],
  why: string,
  remedy: string,
): RequestCutError {
  const shown = requests
    .slice(0, 10)
    .map(({ method, path, age }) => `${method} ${shortened(path)} (${(age / 1_000).toFixed(1)} s)`);
  const more = requests.length > shown.length ? `, and ${String(requests.length - shown.length)} more` : '';
  return new RequestCutError(
    `Service "${name}" cut ${counted(requests.length, 'request')} ${why}: ${shown.join(', ')}${more}. ${remedy}`,
    requests,
  );
}

/** `1 request`, `3 requests`. */
export function counted(n: number, what: string): string {
  return `${String(n)} ${what}${n === 1 ? '' : 's'}`;
}

/** A path may be as long as the client likes. Node's parsers refuse control characters in it. */
function shortened(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path;
}
