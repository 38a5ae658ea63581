/** `node logging.mjs winston|pino|console`: a service that logs a line every 10 ms, also while it stops. */
import { every } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { note, noteStartAndStop } from './notes.mjs';

const loggers = {
  winston: async () => {
    const { createLogger, transports } = (await import('winston')).default;
    return createLogger({ transports: [new transports.Console()] });
  },
  pino: async () => (await import('pino')).default(),
  console: async () => console,
};
const logger = await loggers[process.argv[2]]();
let lines = 0;
const log = (line) => {
  lines += 1;
  logger.info(line);
};
process.on('exit', () => note(`lines ${lines}`));

await runService(
  (app) => {
    noteStartAndStop(app);
    app.on('startup', { after: () => every(app, 10, () => log('tick')) });
    let timer;
    app.on('shutdown', {
      before: () => {
        timer = setInterval(() => log('tock'), 10);
      },
      after: () => clearInterval(timer),
    });
  },
  { logger },
);
