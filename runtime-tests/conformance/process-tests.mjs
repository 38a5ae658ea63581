/** Tests of what a reactor does to its process, and the function that runs them. */
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { Program } from './process.mjs';

/**
 * Each test is a program that uses `Reactor`: `{ name, source, drive(program) }`. `drive` sends signals and returns the lines that the program must
 * print, and how it must end. Programs wait for signals or for the reactor, never for a time.
 */
export const processTests = [
  {
    name: 'N1: an idle run keeps the process alive, and after a top-level await the status is 0',
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
    name: 'N1: a crashed run does not keep the process alive, and the reactor can run again',
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
    name: `N4: ${signal} stops the reactor in order: each phase waits for the one before`,
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
    name: 'N2, D3: a signal stops a reactor whose calls queue themselves again',
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
    name: 'N4: SIGTERM during a long start stops it in order: the current phase ends, and no other phase begins',
    source: `
      const reactor = new Reactor();
      reactor.on('startup', {
        before: ({ signal }) => new Promise((resolve) => {
          signal.addEventListener('abort', () => { console.log('step 1 aborts'); resolve(); });
          console.log('step 1');
        }),
        during: () => console.log('step 2'),
      });
      reactor.on('shutdown', () => console.log('shutdown'));
      console.log((await reactor.run()).reason.signal);`,
    async drive(program) {
      await program.line('step 1');
      program.kill('SIGTERM');
      return { lines: ['step 1', 'step 1 aborts', 'shutdown', 'SIGTERM'], code: 0 };
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
    name: 'N4: after the run a signal has its default effect again',
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
    name: 'N4: other listeners of a signal are called during the run and after it',
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
    name: 'N4: with signals: false a signal has its default effect',
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
    name: 'N4: a list of signals replaces the default signals',
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
    name: 'D11: stats() shows how late a call was on a blocked thread, also on a host that does not measure its loop',
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
      // Only Node measures its loop.
      return { lines: ['late: true', line], code: 0, also: [[line, `the host: ${isNode(program)}`]] };
    },
  },
  {
    name: 'D11: an uncaught error stops the reactor, also on a host whose global addEventListener does not get it',
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

/** The beginning of each program. */
const COMMON = `
  import { every, resource, sleep } from '@triphase/core';
  const print = (line) => console.log(line.replaceAll('\\n', '; '));
  const toStdout = { info: print, warn: print, error: print };
`;

/**
 * Runs each of `tests` on each of `runtimes`. `imports` is the code that imports `Reactor`. `drive(program, file)` returns
 * `{ lines, code, signal, also }`: how the program must end, and `also` has pairs of further actual and expected values. `file` changes the file of
 * the running program: `change()` adds the line `// changed` to it, `touch()` an empty line. A test may also have `args` for the runtime, `through`, a
 * command that starts the runtime, and `skip`, the reasons by runtime.
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
          for (const [actual, expected] of also) assert.deepEqual(actual, expected);
        } finally {
          program.kill('SIGKILL');
        }
      });
    }
  }
}
