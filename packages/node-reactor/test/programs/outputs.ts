import { every, sleep, type Logger } from '@triphase/core';
import { runMain, runService } from '@triphase/node-reactor';
import { EventEmitter } from 'node:events';
import { writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { expectGo, live, say } from './steps.ts';

/** Writes a line by the file descriptor, also if the stream is broken. */
function tell(line: string, fd = 2): void {
  writeSync(fd, `${line}\n`);
}

/** A logger that passes each line to `print`; when the process exits, it prints how many lines there were. */
function countingLogger(print: (line: string) => unknown): Logger {
  let lines = 0;
  const log = (line: string): void => {
    lines += 1;
    print(line);
  };
  process.on('exit', () => tell(`logged: ${lines}`));
  return { info: log, warn: log, error: log };
}

const failing = (): never => {
  throw new Error('no disk');
};

/** Emits an error for each line, like a transport of winston; nothing listens for it. */
const emitsErrors = (): void => {
  const transport = new EventEmitter();
  process.nextTick(() => transport.emit('error', new Error('no disk')));
};

/** Programs whose output can't be written: N23. */
export const outputs = {
  stdoutBreaks: () =>
    live({}, (reactor) => {
      reactor.callWhenRunning(() => every(reactor, 5, () => process.stdout.write('tick\n')));
      reactor.on('shutdown', ({ detail }) => tell(`shutdown: ${detail.kind}`));
      reactor.on('shutdown', { after: () => tell('after') });
    }),

  stderrBreaks: () =>
    live({}, (reactor) => {
      reactor.callWhenRunning(() => every(reactor, 5, () => process.stderr.write('tick\n')));
      reactor.on('shutdown', { after: ({ detail }) => say(`shutdown: ${detail.kind}`) });
    }),

  stdoutBreaksUnderLogger: () =>
    live({ logger: countingLogger((line) => process.stdout.write(`${line}\n`)) }, (reactor) => {
      reactor.callWhenRunning(() => every(reactor, 5, () => process.stdout.write('tick\n')));
      reactor.on('shutdown', { after: () => tell('after') });
    }),

  stdoutBreaksToOnError: () =>
    live(
      { onError: (error, { kind, name }) => tell(`${kind} ${name}: ${(error as NodeJS.ErrnoException).code}`) },
      (reactor) => {
        reactor.callWhenRunning(() => every(reactor, 5, () => process.stdout.write('tick\n')));
      },
    ),

  bothBreak: () => {
    let told = 0;
    process.on('exit', () => {
      process.exitCode = 10 + told;
    });
    return live({ onError: () => ++told }, (reactor) => {
      const go = expectGo();
      const isBroken = { stdout: false, stderr: false };
      const tick = (stream: 'stdout' | 'stderr'): void => {
        process[stream].write('tick\n', (error) => (isBroken[stream] ||= error instanceof Error));
      };
      // Writes until both streams are broken, and ten times more.
      reactor.on('shutdown', {
        during: async () => {
          await go();
          for (let more = 10; more > 0; more -= isBroken.stdout && isBroken.stderr ? 1 : 0) {
            tick('stdout');
            tick('stderr');
            await new Promise((resolve) => void setTimeout(resolve, 1));
          }
        },
      });
    });
  },

  stdoutBreaksWhileStopping: () =>
    live({ logger: countingLogger((line) => process.stdout.write(`${line}\n`)) }, (reactor) => {
      const go = expectGo();
      reactor.on('shutdown', {
        during: async () => {
          process.stdout.write('stopping\n');
          await go();
          for (let i = 0; i < 10; i++) {
            process.stdout.write('tick\n');
            await new Promise((resolve) => void setTimeout(resolve, 1));
          }
        },
        after: () => tell('after'),
      });
    }),

  loggerEmitsErrors: () =>
    live({ logger: countingLogger(emitsErrors) }, (reactor) => {
      reactor.callWhenRunning(() => {
        setImmediate(() => {
          throw new Error('nobody catches this');
        });
      });
      reactor.on('shutdown', {
        during: async () => {
          await new Promise((resolve) => void setTimeout(resolve, 5));
          throw new Error('could not flush');
        },
        after: () => say('after'),
      });
    }),

  loggerThrows: () =>
    live({ logger: countingLogger(failing) }, (reactor) => {
      for (const name of ['first', 'second']) {
        reactor.callSoon(() => {
          throw new Error(`the ${name} request failed`);
        });
      }
      reactor.callLater(5, () => void reactor.stop());
      reactor.on('shutdown', { after: () => say('after') });
    }),

  uncaughtAgainAndAgain: () =>
    live({ logger: countingLogger((line) => tell(line)) }, (reactor) => {
      let thrown = 0;
      const done: Promise<void> = new Promise((resolve) => {
        const timer = setInterval(() => {
          if (++thrown === 20) {
            clearInterval(timer);
            resolve();
          }
          throw new Error('nobody catches this');
        }, 1);
      });
      reactor.on('shutdown', { during: () => done, after: () => say('after') });
    }),

  uncaughtEpipeOfASocket: () =>
    live({}, (reactor) => {
      reactor.callWhenRunning(() => {
        setImmediate(() => {
          throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' });
        });
      });
    }),

  scriptIntoHead: async () => {
    say('running');
    const { reason } = await runMain(async (reactor) => {
      for (;;) {
        process.stdout.write('y\n');
        await sleep(reactor, 1);
      }
    });
    process.once('SIGUSR2', () => {});
    process.exitCode = reason.kind === 'uncaught' ? process.exitCode : 9;
  },

  scriptPipesIntoHead: async () => {
    say('running');
    const { reason } = await runMain(async () => {
      const lines = Readable.from(
        (async function* () {
          for (;;) {
            yield 'y\n';
            await new Promise((resolve) => void setTimeout(resolve, 1));
          }
        })(),
      );
      await pipeline(lines, process.stdout);
    });
    process.exitCode = reason.kind === 'uncaught' ? process.exitCode : 9;
  },

  scriptFailsInOtherWays: async () => {
    await runMain(() => Promise.reject(Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' })));
  },

  stdoutBreaksAtTheEnd: () =>
    runService((app) => {
      app.on('startup', { after: () => say('running') });
      app.on('shutdown', { after: () => say('a line that nobody reads') });
      process.on('exit', (status) => process.stderr.write(`exit event ${status}\n`));
    }),

  scriptBreaksAtTheEnd: async () => {
    await runMain(async (app) => {
      say('running');
      await sleep(app, 3_600_000).catch(() => {});
      say('a first line that nobody reads');
      await wait(100);
      say('a last line that nobody reads');
    });
  },

  scriptWritesOn: async () => {
    await runMain(async () => {
      say('running');
      for (;;) {
        say('a line');
        await wait(20);
      }
    });
  },
};
