// A worker that streams prices: each request has a reactor of its own.
import { createReactor, every, resource } from 'triphase';

interface Env {
  readonly SERVICES: { fetch(url: string, init?: RequestInit): Promise<Response> };
}

/** Milliseconds between two prices. */
const INTERVAL = 500;

/** Maximum duration of a stream. Milliseconds. */
const MAX_DURATION = 3_000;

export default {
  /** Streams prices until the time is up or the client disconnects. */
  fetch(request: Request, env: Env, context: { waitUntil(promise: Promise<unknown>): void }): Response {
    const { readable, writable }: TransformStream<Uint8Array, Uint8Array> = new TransformStream();
    context.waitUntil(sendPrices(writable.getWriter(), request.signal, env));
    return new Response(readable, { headers: { 'content-type': 'text/event-stream' } });
  },
};

async function sendPrices(client: WritableStreamDefaultWriter<Uint8Array>, signal: AbortSignal, env: Env) {
  await using reactor = createReactor({ limits: { shutdown: { deadline: 5_000 } } });
  const ask = async (path: string, init?: RequestInit): Promise<string> => {
    const response = await env.SERVICES.fetch(`http://services${path}`, init);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.text();
  };

  const session = reactor.use(
    resource(
      'session',
      () => ask('/sessions', { method: 'POST' }),
      () => ask('/sessions', { method: 'DELETE' }),
    ),
  );
  let sent = 0;
  const sendPrice = async () => {
    const price = await ask(`/price?session=${session.value}`);
    await client.write(new TextEncoder().encode(`data: ${price}\n\n`));
    sent++;
  };

  reactor.on('startup', {
    after: () => {
      every(reactor, INTERVAL, sendPrice, { now: true });
      reactor.callLater(MAX_DURATION, () => reactor.stop());
    },
  });
  reactor.on('shutdown', {
    // An abort means that the client has disconnected: its stream is closed already.
    during: ({ detail }) => (detail.kind === 'abort' ? undefined : client.close()),
    after: ({ detail }) => ask('/journal', { method: 'POST', body: `${sent} prices, ${detail.kind}` }),
  });
  await reactor.run({ signal });
}
