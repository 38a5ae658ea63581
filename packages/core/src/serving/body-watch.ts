import type { RequestLike } from './fetch-types.ts';

const READERS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const;

type Read = (this: unknown) => Promise<unknown>;

/** Whether a request may have a body. */
export function mayHaveBody({ method, headers }: RequestLike): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return headers.get('content-length') !== '0';
}

/**
 * Calls `onEnd` once the program has read the body to its end by a method such as `json()`. A program that reads the stream instead is not
 * watched: then only its answer shows that it has read enough.
 */
export function watchBody(request: RequestLike, onEnd: () => void): void {
  const methods = request as unknown as Record<string, Read | undefined>; // as: hosts have most of them
  for (const name of READERS) {
    const read = methods[name];
    if (read === undefined) continue;
    const value: Read = () => {
      const result = read.call(request);
      result.then(onEnd, onEnd);
      return result;
    };
    Object.defineProperty(request, name, { value, configurable: true, writable: true });
  }
}
