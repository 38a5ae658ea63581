// The types of `triphase` are the same on each host (D12).
import {
  background,
  createReactor,
  every,
  resource,
  runMain,
  runService,
  serve,
  type Handler,
  type HttpService,
  type ReactorBase,
} from 'triphase';

export const handler: Handler = (request) => new Response(new URL(request.url).pathname);

export const service = (): Promise<unknown> =>
  runService(
    (app) => {
      const db = app.use(resource('db', () => ({ find: () => Promise.resolve('hello\n') })));
      const answer = async (): Promise<Response> => new Response(await db.value.find());
      const http: HttpService = app.use(serve(answer, { port: 0, needs: [db], leadTime: 5, probes: { live: '/up' } }));
      app.use(background('refresh', ({ signal }) => fetch(http.url, { signal }).then(() => undefined)));
      every(app, 1_000, () => undefined);
    },
    { signals: ['SIGTERM'], limits: { shutdown: { deadline: 5_000 } } },
  );

export const main = (): Promise<unknown> => runMain((app) => void app.stop());
export const reactor: ReactorBase = createReactor({ debug: true });

// @ts-expect-error: `prot` is no option
export const typo = (): unknown => serve(handler, { prot: 1 });
