/**
 * Kind `process`: the process that `signalled-process.ts` starts, with random services on a reactor that handles signals. The parent sends signals
 * when it reads certain lines. The last line is a summary as JSON, which the parent checks.
 */
import { sleep, StartupFailedError, type RunResult, type Service } from '@triphase/core';
import { NodeReactor } from '@triphase/node-reactor';
import { writeSync } from 'node:fs';
import type { Scenario, Summary } from './signalled-process.ts';
import { Random } from './random.ts';

const [, , name = '', seed = ''] = process.argv;
const scenario = name as Scenario; // as: the parent passes it
const random = new Random(Number(seed));
/** Prints a line synchronously: a signal may end the process right after it. */
const say = (line: string): void => void writeSync(1, `${line}\n`);

const log: string[] = [];
const deadline = scenario === 'deadline' ? 500 : 60_000;
const reactor = new NodeReactor({
  limits: { shutdown: { deadline, before: Infinity, during: Infinity } },
  onError: () => undefined,
  ...(scenario === 'true-signal' && { exit: 'signal' }),
});
/** The index of the service with the fault of the scenario. */
const faulty = random.below(6);
const services: Service[] = [];
for (let index = 0; index < 6; index++) {
  const name = `service ${String(index)}`;
  services.push(
    reactor.use({
      name,
      needs: services.filter(() => random.chance(0.5)).concat(services.slice(-1)),
      startup: {
        during: async ({ signal }) => {
          log.push(`start ${name}`);
          if (scenario === 'starting' && index === faulty) {
            say('starting');
            await aborted(signal);
            return;
          }
          if (scenario === 'start-fails' && index === faulty) throw new Error(`${name} does not start`);
          await sleep(reactor, random.below(3));
        },
      },
      shutdown: {
        during: async ({ signal }) => {
          log.push(`stop ${name}`);
          if (index !== faulty) return sleep(reactor, random.below(3));
          if (scenario === 'fails') throw new Error(`${name} does not stop`);
          if (scenario !== 'escalated' && scenario !== 'deadline') return;
          say('stopping');
          await aborted(signal);
        },
      },
    }),
  );
}
reactor.callWhenRunning(() => {
  say('running');
  if (scenario === 'uncaught') {
    setImmediate(() => {
      throw new Error('nobody catches this');
    });
  }
});
process.on('exit', () => {
  say('exit');
});

let result: RunResult;
try {
  result = await reactor.run();
} catch (error) {
  if (!(error instanceof StartupFailedError)) throw error;
  ({ result } = error);
}
const summary: Summary = {
  reason: result.reason.kind,
  signal: result.reason.signal,
  log,
  // The listeners of signals stay for some time (N5); planned-life.ts checks that they are removed.
  listeners: ['uncaughtException', 'unhandledRejection'].filter((event) => process.listenerCount(event) > 0),
  resources: process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate'),
};
say(JSON.stringify(summary));

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
