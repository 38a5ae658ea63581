/** A service on `serve` of `triphase`. The same file runs on Node, Deno and Bun. Each route is a case for the tests. */
import { requestSignal, restartService, runService, serve } from 'triphase';
import { addDatabase, options, port, print, reactorOptions } from './shared.mjs';

/** Prints the error that `serve` throws for wrong arguments. */
function printRefusal(handler, wrongOptions) {
  try {
    serve(handler, wrongOptions);
  } catch (error) {
    print(`refused ${error}`);
  }
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** An event stream. `cancel` is called when the client disconnects, or when a stop ends the stream. */
function events() {
  let timer;
  const start = (controller) => {
    timer = setInterval(() => controller.enqueue(new TextEncoder().encode('data: 1\n\n')), 20);
  };
  const cancel = () => {
    clearInterval(timer);
    print('events cancelled');
  };
  return new Response(new ReadableStream({ start, cancel }), { headers: { 'content-type': 'text/event-stream' } });
}

/** An answer of 20 pieces, 3 ms apart, so that a stop begins in the middle of it. */
function stream() {
  let pieces = 0;
  const pull = async (controller) => {
    if (pieces++ === 20) controller.close();
    else {
      await wait(3);
      controller.enqueue(new TextEncoder().encode('x'.repeat(500)));
    }
  };
  return new Response(new ReadableStream({ pull }));
}

/** Never answers. Prints the reason when the signal of the request aborts. */
function hang(request) {
  print('hangs');
  return new Promise((resolve, reject) => {
    const signal = requestSignal(request);
    signal.addEventListener('abort', () => {
      print(`aborted with ${signal.reason.code ?? signal.reason.name}`);
      reject(signal.reason);
    });
  });
}

await runService((app) => {
  const db = addDatabase(app);
  const routes = {
    '/': () => new Response(db.value.find()),
    '/slow': async () => {
      print('slow request');
      await wait(500);
      return new Response(db.value.find());
    },
    '/hang': hang,
    '/events': () => {
      print('events');
      return events();
    },
    '/stream': () => stream(),
    '/never': () => {
      print('/never');
      return new Promise(() => undefined);
    },
    '/watches': (request) => {
      requestSignal(request).addEventListener('abort', () => print('left'));
      print('/watches');
      return new Promise(() => undefined);
    },
    '/watched': (request) => new Response(String(requestSignal(request).aborted)),
    '/text': () => 'text',
    '/nothing': async () => undefined,
    '/exit': () => {
      setTimeout(() => process.exit(0), 20);
      return new Promise(() => undefined);
    },
    '/upload': async (request) => {
      print('upload');
      return new Response(String((await request.text()).length));
    },
    '/redirect': () => Response.redirect(`http://127.0.0.1:${port}/`),
    '/throw': () => {
      throw new Error('broken on purpose');
    },
    '/restart': async () => {
      void restartService(app, db).then(() => print('restarted'));
      return new Response('soon\n');
    },
  };
  printRefusal('no function', { port: 0 });
  printRefusal(() => new Response(''), { port: 0, websocket: {} });
  printRefusal(() => new Response(''), {});
  const handler = (request) => routes[new URL(request.url).pathname]?.(request) ?? new Response('', { status: 404 });
  const http = app.use(serve(handler, { port, needs: [db], ...options }));
  app.on('startup', { after: () => print(`listening on ${http.url}`) });
}, reactorOptions);
