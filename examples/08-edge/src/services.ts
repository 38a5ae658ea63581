/** The services that the worker calls: sessions, prices, and a journal. They print what the worker asks for. */
const routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
  'POST /sessions': () => {
    console.log('session opened');
    return new Response(crypto.randomUUID());
  },
  'GET /price': () => new Response((100 + Math.random()).toFixed(2)),
  'DELETE /sessions': () => {
    console.log('session closed');
    return new Response(null, { status: 204 });
  },
  'POST /journal': async (request) => {
    console.log(`journal: ${await request.text()}`);
    return new Response(null, { status: 204 });
  },
};

export default {
  fetch(request: Request): Response | Promise<Response> {
    const route = routes[`${request.method} ${new URL(request.url).pathname}`];
    return route?.(request) ?? new Response('not found', { status: 404 });
  },
};
