import type { Answer } from '@triphase/core/serving';
import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';

export const ANSWER_HEADERS = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } as const;

/** Calls `then` with the answer: at once, or when the services have said how they are. */
export function whenAnswered(answer: Answer | Promise<Answer>, then: (answer: Answer) => void): void {
  if (answer instanceof Promise) void answer.then(then);
  else then(answer);
}

/** Answers a request of HTTP/1, unless it has been answered, as by a stop that could not wait. */
export function writeAnswer(response: ServerResponse, answer: Answer, method: string | undefined): void {
  if (response.headersSent || response.destroyed) return;
  const { status, body } = answer;
  response.writeHead(status, { ...headersOf(answer), 'content-length': Buffer.byteLength(body) });
  response.end(method === 'HEAD' ? '' : body);
}

/** Answers a stream of HTTP/2 in the same way. */
export function answerStream(stream: ServerHttp2Stream, answer: Answer): void {
  if (stream.destroyed || stream.headersSent) return;
  stream.on('error', () => undefined); // the client may be gone
  stream.resume();
  stream.respond({ ':status': answer.status, ...headersOf(answer) });
  stream.end(answer.body);
}

function headersOf({ retryAfter }: Answer): Record<string, string | number> {
  return { ...ANSWER_HEADERS, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) };
}
