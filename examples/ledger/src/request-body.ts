import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

/** An entry with its quotes and escapes. */
const MAX_BODY_BYTES = 64 * 1024;
/** A body that is too long is read to its end up to here, so that the client hears the answer instead of a broken connection. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

/**
 * The whole body.
 *
 * @throws HttpError 413; 400 when the connection closes before the end of the body
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  await new Promise<void>((resolve, reject) => {
    const onLost = (): void => {
      reject(new HttpError(400, 'the body ended early'));
    };
    request.once('close', onLost).once('error', onLost);
    request.once('end', resolve);
    request.on('data', (chunk: Uint8Array) => {
      length += chunk.byteLength;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else if (length > MAX_DISCARDED_BYTES) reject(tooLong());
    });
  });
  if (length > MAX_BODY_BYTES) throw tooLong();
  return Buffer.concat(chunks);
}

const tooLong = (): HttpError => new HttpError(413, `the body must not be longer than ${MAX_BODY_BYTES} bytes`);
