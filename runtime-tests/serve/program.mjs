/** A service on `serve` of `triphase`: the same file on Node, Deno and Bun. OPTIONS: JSON of the options of `serve`. */
import { requestSignal, resource, restartService, runService, serve } from 'triphase';

/** What `serve` says of what cannot work. */
function refused(handler, options) {
  try {
    serve(handler, options);
  } catch (error) {
    say(`refused ${error}`);
  }
}

const { PORT, OPTIONS = '{}', LIMITS } = process.env;
const say = (text) => console.log(`app: ${text}`);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Cancelled when the client leaves, or when the stream is ended. */
function events() {
  let timer;
  const start = (controller) => {
    timer = setInterval(() => controller.enqueue(new TextEncoder().encode('data: 1\n\n')), 20);
  };
  const cancel = () => {
    clearInterval(timer);
    say('events cancelled');
  };
  return new Response(new ReadableStream({ start, cancel }), { headers: { 'content-type': 'text/event-stream' } });
}

/** 20 pieces, 3 ms apart: most of them are under way when a stop begins. */
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

/** The reason of the signal is told when it aborts. */
function hang(request) {
  say('hangs');
  return new Promise((resolve, reject) => {
    const signal = requestSignal(request);
    signal.addEventListener('abort', () => {
      say(`aborted with ${signal.reason.code ?? signal.reason.name}`);
      reject(signal.reason);
    });
  });
}

await runService(
  (app) => {
    const open = () => {
      say('database open');
      return { find: () => 'hello\n' };
    };
    const db = app.use(resource('db', open, () => say('database closed')));
    const routes = {
      '/': () => new Response(db.value.find()),
      '/slow': async () => {
        say('slow request');
        await wait(500);
        return new Response(db.value.find());
      },
      '/hang': hang,
      '/events': () => {
        say('events');
        return events();
      },
      '/stream': () => stream(),
      '/never': () => {
        say('/never');
        return new Promise(() => undefined);
      },
      '/watches': (request) => {
        requestSignal(request).addEventListener('abort', () => say('left'));
        say('/watches');
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
        say('upload');
        return new Response(String((await request.text()).length));
      },
      '/redirect': () => Response.redirect(`http://127.0.0.1:${PORT}/`),
      '/throw': () => {
        throw new Error('broken on purpose');
      },
      '/restart': async () => {
        void restartService(app, db).then(() => say('restarted'));
        return new Response('soon\n');
      },
      '/crash': async () => {
        setTimeout(() => app.stop({ kind: 'failed', cause: new Error('stopped by the program') }), 10);
        return new Response('soon\n');
      },
    };
    refused('no function', { port: 0 });
    refused(() => new Response(''), { port: 0, websocket: {} });
    refused(() => new Response(''), {});
    const handler = (request) => routes[new URL(request.url).pathname]?.(request) ?? new Response('', { status: 404 });
    const http = app.use(serve(handler, { port: Number(PORT), needs: [db], ...JSON.parse(OPTIONS) }));
    app.on('startup', { after: () => say(`listening on ${http.url}`) });
  },
  LIMITS === undefined ? {} : { limits: { shutdown: JSON.parse(LIMITS) } },
);
