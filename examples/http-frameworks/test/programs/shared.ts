import { runService } from '@triphase/node-reactor';
import { serveHttp, type AnyServer, type ServeHttpOptions } from '@triphase/node-reactor/http';
import { setTimeout as sleep } from 'node:timers/promises';

export const port = Number(process.env.PORT);

/** Each program calls this first for a request. So a request that it doesn't print has not reached the framework. */
export function noteRequest(method: string | undefined, path: string | undefined): void {
  console.log(`request ${method} ${path}`);
}

export async function runServer(server: AnyServer, options: ServeHttpOptions): Promise<void> {
  await runService((app) => {
    app.use(serveHttp(server, options));
    app.on('startup', { after: () => console.log('ready') });
    app.on('shutdown', { before: () => console.log('stopping') });
  });
}

/** The body of a streamed answer: ten pieces in 500 ms. */
export async function* pieces(): AsyncGenerator<string> {
  for (let n = 1; n <= 10; n++) {
    await sleep(50);
    yield `piece ${n}\n`;
  }
}

/** The body of an event stream, which never ends by itself. */
export async function* events(): AsyncGenerator<string> {
  try {
    for (let n = 1; ; n++) {
      yield `data: ${n}\n\n`;
      await sleep(20);
    }
  } finally {
    console.log('events over');
  }
}
