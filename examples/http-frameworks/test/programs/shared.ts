import { runService } from '@triphase/node-reactor';
import { serveHttp, type AnyServer, type ServeHttpOptions } from '@triphase/node-reactor/http';
import { setTimeout as sleep } from 'node:timers/promises';

export const port = Number(process.env.PORT);

/** Each program calls this before anything else of its framework: what the tests don't read here has not reached it. */
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

/** Ten pieces in 500 ms. */
export async function* pieces(): AsyncGenerator<string> {
  for (let n = 1; n <= 10; n++) {
    await sleep(50);
    yield `piece ${n}\n`;
  }
}

/** Events without an end. */
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
