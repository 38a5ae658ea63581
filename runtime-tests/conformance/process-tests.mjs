import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { Program } from './process.mjs';

/**
 * Tests of what a reactor does to its process: each row is a program that uses `Reactor`, and what happens to it. Programs print lines, and wait
 * for signals or for the reactor, never for a time.
 */
export const processTests = [
  {
    name: 'N1: an idle run holds a process that nothing else holds, and top-level await ends with 0',
    source: `
      const reactor = new Reactor();
      reactor.on('shutdown', () => console.log('shutdown'));
      setTimeout(() => console.log('still here'), 100).unref();
      const { reason } = await reactor.run();
      console.log(reason.kind, reason.signal);`,
    async drive(program) {
      await program.line('still here');
      program.kill('SIGTERM');
      return { lines: ['still here', 'shutdown', 'signal SIGTERM'], code: 0 };
    },
  },
  {
    name: 'N1: a run that stops by itself ends the process with 0',
    source: `
      const reactor = new Reactor();
      reactor.callLater(1, () => reactor.stop());
      const { reason } = await reactor.run();
      console.log(reason.kind);`,
    async drive() {
      return { lines: ['stop'], code: 0 };
    },
  },
  {
    name: 'N1: a crashed run holds nothing, and the reactor can be run again',
    source: `
      const reactor = new Reactor();
      reactor.callWhenRunning(() => reactor.crash());
      console.log((await reactor.run()).reason.kind);
      reactor.callWhenRunning(() => reactor.crash());
      console.log((await reactor.run()).reason.kind);`,
    async drive() {
      return { lines: ['crash', 'crash'], code: 0 };
    },
  },
  ...['SIGTERM', 'SIGINT'].map((signal) => ({
    name: `N4: ${signal} stops in order, each phase waiting for the one before`,
    source: `
      const reactor = new Reactor();
      const slowly = (text) => async () => { await sleep(reactor, 5); console.log(text); };
      reactor.on('shutdown', { after: slowly('after'), during: slowly('during'), before: slowly('before') });
      reactor.callWhenRunning(() => console.log('running'));
      const { reason } = await reactor.run();
      console.log(reason.kind, reason.signal);`,
    async drive(program) {
      await program.line('running');
      program.kill(signal);
      return { lines: ['running', 'before', 'during', 'after', `signal ${signal}`], code: 0 };
    },
  })),
  {
    name: 'N2, D3: a signal arrives, and the stop ends, under calls that make themselves anew',
    source: `
      const reactor = new Reactor();
      const call = () => reactor.callSoon(call);
      reactor.callSoon(call);
      reactor.callLater(1, () => console.log('flooded'));
      console.log((await reactor.run()).reason.signal);`,
    async drive(program) {
      await program.line('flooded');
      program.kill('SIGINT');
      return { lines: ['flooded', 'SIGINT'], code: 0 };
    },
  },
  {
    name: 'N4: SIGTERM in a long start stops it in order: the step under way ends, no other begins',
    source: `
      const reactor = new Reactor();
      reactor.on('startup', {
        before: ({ signal }) => new Promise((resolve) => {
          signal.addEventListener('abort', () => { console.log('step 1 is told'); resolve(); });
          console.log('step 1');
        }),
        during: () => console.log('step 2'),
      });
      reactor.on('shutdown', () => console.log('shutdown'));
      console.log((await reactor.run()).reason.signal);`,
    async drive(program) {
      await program.line('step 1');
      program.kill('SIGTERM');
      return { lines: ['step 1', 'step 1 is told', 'shutdown', 'SIGTERM'], code: 0 };
    },
  },
  {
    name: 'N4: a signal stops every reactor of the process',
    source: `
      const ended = ['a', 'b'].map((name) => {
        const reactor = new Reactor();
        reactor.callWhenRunning(() => console.log(name, 'running'));
        return reactor.run();
      });
      for (const { reason } of await Promise.all(ended)) console.log(reason.signal);`,
    async drive(program) {
      await program.line('b running');
      program.kill('SIGTERM');
      return { lines: ['a running', 'b running', 'SIGTERM', 'SIGTERM'], code: 0 };
    },
  },
  {
    name: 'C5: a second reactor runs after the first, and a signal stops it',
    source: `
      for (const name of ['first', 'second']) {
        const reactor = new Reactor();
        reactor.callWhenRunning(() => console.log(name));
        console.log((await reactor.run()).reason.signal);
      }`,
    async drive(program) {
      await program.line('first');
      program.kill('SIGTERM');
      await program.line('second');
      program.kill('SIGINT');
      return { lines: ['first', 'SIGTERM', 'second', 'SIGINT'], code: 0 };
    },
  },
  {
    name: 'N4: when the run is over a signal does again what it did before',
    source: `
      const reactor = new Reactor();
      reactor.callWhenRunning(() => reactor.stop());
      await reactor.run();
      setInterval(() => undefined, 60_000);
      console.log('over');`,
    async drive(program) {
      await program.line('over');
      program.kill('SIGTERM');
      return { lines: ['over'], signal: 'SIGTERM' };
    },
  },
  {
    name: 'N4: listeners of others hear their signals during the run and after it',
    source: `
      let heard = 0;
      const foreign = () => {
        console.log('foreign', ++heard);
        if (heard === 2) { process.off('SIGTERM', foreign); clearInterval(holder); }
      };
      process.on('SIGTERM', foreign);
      const holder = setInterval(() => undefined, 60_000);
      const reactor = new Reactor();
      reactor.callWhenRunning(() => console.log('running'));
      await reactor.run();
      console.log('over');`,
    async drive(program) {
      await program.line('running');
      program.kill('SIGTERM');
      await program.line('over');
      program.kill('SIGTERM');
      return { lines: ['running', 'foreign 1', 'over', 'foreign 2'], code: 0 };
    },
  },
  {
    name: 'N4: with signals: false a signal does what it does without a reactor',
    source: `
      const reactor = new Reactor({ signals: false });
      reactor.on('shutdown', () => console.log('shutdown'));
      reactor.callWhenRunning(() => console.log('running'));
      await reactor.run();`,
    async drive(program) {
      await program.line('running');
      program.kill('SIGTERM');
      return { lines: ['running'], signal: 'SIGTERM' };
    },
  },
  {
    name: 'N4: a list of signals takes the place of the usual ones',
    source: `
      const reactor = new Reactor({ signals: ['SIGUSR2'] });
      process.on('SIGTERM', () => console.log('foreign'));
      reactor.callWhenRunning(() => console.log('running'));
      console.log((await reactor.run()).reason.signal);
      process.exitCode = 7;`,
    async drive(program) {
      await program.line('running');
      program.kill('SIGTERM');
      await program.line('foreign');
      program.kill('SIGUSR2');
      return { lines: ['running', 'foreign', 'SIGUSR2'], code: 7 };
    },
  },
  {
    name: 'D11: stats() tells how late a call was on a thread that was blocked, where the host itself tells nothing',
    source: `
      import { performance as node } from 'node:perf_hooks';
      const reactor = new Reactor();
      reactor.callLater(10, () => {
        const { max } = reactor.stats().lateness;
        console.log('late:', max >= 200);
        console.log('the host:', node.eventLoopUtilization().utilization > 0);
        reactor.stop();
      });
      reactor.callLater(5, () => {
        const until = performance.now() + 250;
        while (performance.now() < until);
      });
      reactor.callLater(6, () => undefined);
      await reactor.run();`,
    async drive(program) {
      await program.line('late: true');
      const line = await program.line('the host:');
      // Node alone measures its loop.
      return { lines: ['late: true', line], code: 0, also: [[line, `the host: ${isNode(program)}`]] };
    },
  },
  {
    name: 'D11: an error that nobody caught is heard, also where a global addEventListener hears nothing of it',
    source: `
      globalThis.addEventListener?.('error', () => undefined);
      const reactor = new Reactor({ onError: (error) => console.log(error.message) });
      reactor.callWhenRunning(() => setTimeout(() => { throw new Error('thrown'); }));
      console.log((await reactor.run()).reason.kind);`,
    async drive() {
      return { lines: ['thrown', 'uncaught'], code: 1 };
    },
  },
];

const isNode = ({ command }) => /node\d*$|\/bin\/node$/.test(command);

/** The code that each program begins with. */
const COMMON = `
  import { every, resource, sleep } from '@triphase/core';
  const print = (line) => console.log(line.replaceAll('\\n', '; '));
  const toStdout = { info: print, warn: print, error: print };
`;

/**
 * Runs each of `tests` on each of `runtimes`. `imports`: the code that gives a program its `Reactor`. `drive` gets the program and its file, and
 * returns how it must have ended; `also`: pairs of what else it saw, and must have seen.
 */
export async function runProcessTests(tally, { tests, folder, runtimes, imports }) {
  for (const [index, { name, skip = {}, args = [], through = [], source, drive }] of tests.entries()) {
    const outfile = join(folder, `program-${index}.mjs`);
    await bundle({ source: `${COMMON}${imports}\n${source}`, outfile });
    for (const runtime of runtimes) {
      const title = `${runtime.name}: ${name}`;
      if (skip[runtime.name] !== undefined) {
        tally.skip(title, skip[runtime.name]);
        continue;
      }
      await tally.check(title, async () => {
        const [command, ...before] = [...through, runtime.program, ...(runtime.args ?? []), ...args];
        const program = new Program({ program: command, args: before }, outfile);
        try {
          const add = (text) => () => appendFileSync(outfile, text);
          const file = { change: add('\n// changed'), touch: add('\n') };
          const { lines, code = null, signal = null, also = [] } = await drive(program, file);
          const ended = await program.ended;
          // An expected line may be a pattern.
          const seen = ended.lines.map((line, at) =>
            lines[at] instanceof RegExp && lines[at].test(line) ? lines[at] : line,
          );
          assert.deepEqual(
            { lines: seen, code: ended.code, signal: ended.signal },
            { lines, code, signal },
            ended.stderr,
          );
          for (const [there, expected] of also) assert.deepEqual(there, expected);
        } finally {
          program.kill('SIGKILL');
        }
      });
    }
  }
}
