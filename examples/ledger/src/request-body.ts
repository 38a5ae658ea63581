import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

/** An entry with its quotes and escapes. */
const MAX_BODY_BYTES = 64 * 1024;
/** A body that is too long is read to its end up to here, so that the client hears the answer instead of a broken connection. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

/**
 * The whole body. Rejects with what `signal` aborts with, when it does before the body has come.
 *
 * @throws HttpError 413
 */
export async function readBody(request: IncomingMessage, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      // as: http-service aborts it, with an HttpError
      reject(signal.reason as HttpError);
    };
    const onLost = (): void => {
      signal.removeEventListener('abort', onAbort);
      reject(new HttpError(400, 'the body ended early'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    request.once('close', onLost).once('error', onLost);
    request.once('end', resolve);
    request.on('data', (chunk: Uint8Array) => {
      length += chunk.byteLength;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else if (length > MAX_DISCARDED_BYTES) reject(tooLong());
    });
    if (signal.aborted) onAbort();
  });
  if (length > MAX_BODY_BYTES) throw tooLong();
  return Buffer.concat(chunks);
}

const tooLong = (): HttpError => new HttpError(413, `the body must not be longer than ${MAX_BODY_BYTES} bytes`);
