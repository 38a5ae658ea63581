import { fetchService, type FetchServiceOptions, type HttpFetchService } from '@triphase/core/serving';
import { ManualReactor } from '@triphase/testing';
import { TestHost } from './test-host.ts';

type Handler = (request: Request) => unknown;

/** The errors that reactors of `serving` have reported. A test file empties it after each test. */
export const errors: unknown[] = [];

/** Starts a reactor with a server on `host`. */
export async function serving(
  handler: Handler,
  options: Partial<FetchServiceOptions> = {},
  host: TestHost = new TestHost(),
): Promise<{ app: ManualReactor; host: TestHost; http: HttpFetchService }> {
  const app = new ManualReactor({ onError: (error) => errors.push(error) });
  const http = app.use(fetchService('serve()', host, handler, { port: 0, ...options }));
  await app.start();
  return { app, host, http };
}

export const hello = (): Response => new Response('hello');
export const hang = (): Promise<Response> => new Promise(() => undefined);
/** Whether an answer says that its connection closes. */
export const isClosing = (response: Response): boolean => response.headers.get('connection') === 'close';

/** Resolves when the pending promise jobs have run. */
export const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
