import type { HostAbortSignal } from '@triphase/core';
import { fetchSignalOf } from '@triphase/core/serving';

/**
 * The signal of one request under `serveDeno`: aborts with `RequestCutError` when a stop cuts it (N17), and when its client goes away. Deno
 * aborts it after each answer too. Takes the `Request` that the handler got; throws `TypeError` for any other object.
 *
 * @example
 * const rows = await db.query(sql, { signal: requestSignal(request) });
 */
export function requestSignal(request: object): HostAbortSignal {
  const signal = fetchSignalOf(request);
  if (signal !== undefined) return signal;
  throw new TypeError(
    'requestSignal() got something that is no request under serveDeno(): pass the request that the handler got',
  );
}
