import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

/** Maximum length of an entry with its JSON syntax. */
const MAX_BODY_BYTES = 64 * 1024;
/** A body that is too long is still read, up to this length. So its client gets an answer instead of a broken connection. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

/**
 * Reads the whole body.
 *
 * @throws HttpError 413 if the body is too long, 400 if the connection closes before the end of the body
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  await new Promise<void>((resolve, reject) => {
    const onClosed = (): void => {
      reject(new HttpError(400, 'the body ended early'));
    };
    request.once('close', onClosed).once('error', onClosed);
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
