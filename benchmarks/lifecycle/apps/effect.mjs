/** Effect's HTTP server for Node, run by `runMain`. The hooks are finalizers of layers that the server needs, so they run after the server has stopped. */
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from '@effect/platform';
import { NodeHttpServer, NodeRuntime } from '@effect/platform-node';
import { Effect, Layer, Schedule, Stream } from 'effect';
import { createServer } from 'node:http';
import { crash, first, hostname, ports, quick, second, slow, start } from '../program.mjs';

const text = (effect) => Effect.map(effect, (body) => HttpServerResponse.text(body));
const events = Stream.fromSchedule(Schedule.spaced('50 millis')).pipe(
  Stream.map((n) => `data: ${String(n)}\n\n`),
  Stream.encodeText,
);

const router = HttpRouter.empty.pipe(
  HttpRouter.get('/', text(Effect.tryPromise(quick))),
  HttpRouter.get(
    '/slow',
    text(Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ url }) => Effect.promise(() => slow(url)))),
  ),
  HttpRouter.get('/crash', text(Effect.promise(crash))),
  HttpRouter.get('/events', HttpServerResponse.stream(events, { contentType: 'text/event-stream' })),
  HttpRouter.get(
    '/ws',
    Effect.gen(function* () {
      const socket = yield* HttpServerRequest.upgrade;
      yield* socket.runRaw(() => undefined);
      return HttpServerResponse.empty();
    }),
  ),
);

const finalizer = (hook) => Layer.scopedDiscard(Effect.addFinalizer(() => Effect.promise(async () => hook())));
const Hooks = finalizer(first).pipe(Layer.provideMerge(finalizer(second)));
const Started = Layer.effectDiscard(Effect.promise((signal) => start(signal))).pipe(Layer.provideMerge(Hooks));
const HttpLive = ports.map((port) =>
  router.pipe(
    HttpServer.serve(),
    HttpServer.withLogAddress,
    Layer.provide(NodeHttpServer.layer(() => createServer(), { port, host: hostname })),
  ),
);

Layer.launch(Layer.mergeAll(...HttpLive).pipe(Layer.provide(Started))).pipe(NodeRuntime.runMain);
