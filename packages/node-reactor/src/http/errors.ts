import { TriphaseError } from '@triphase/core';

/** The server could not listen: the address is taken, not allowed or not there. `cause` is Node's own error. */
export class ListenError extends TriphaseError {
  /** What to compare by: it stays when class names are minified. */
  readonly code = 'ERR_TRIPHASE_LISTEN';
}

/**
 * A stop cut requests that were still being answered at the limit (N17). It is the reason of the signals of `requestSignal()`, and the
 * error in the report of the stop.
 */
export class RequestCutError extends TriphaseError {
  /** What to compare by: it stays when class names are minified. */
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
