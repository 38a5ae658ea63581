/** Tests of what only Deno does to a process, in the form of process-tests.mjs. No program has a permission, unless `args` gives one. */
import { spawnSync } from 'node:child_process';

/** Runs a program in a new PID namespace, as its first process. */
const UNSHARE = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];

export const denoTests = [
  {
    name: 'C1: run() throws when it cannot listen to a signal, and leaves no listener behind',
    source: `
      const reactor = new Reactor({ signals: ['SIGTERM', 'SIGSEGV'] });
      try { reactor.run(); } catch { console.log(reactor.state); }
      setInterval(() => undefined, 60_000);
      console.log('over');`,
    async drive(program) {
      await program.line('over');
      program.kill('SIGTERM');
      return { lines: ['idle', 'over'], signal: 'SIGTERM' };
    },
  },
  {
    name: 'N27: a signal of another operating system is accepted and has no effect',
    source: `
      const reactor = new Reactor({ signals: ['SIGBREAK', 'SIGTERM'] });
      reactor.callWhenRunning(() => console.log('running'));
      console.log((await reactor.run()).reason.signal);`,
    async drive(program) {
      await program.line('running');
      program.kill('SIGTERM');
      return { lines: ['running', 'SIGTERM'], code: 0 };
    },
  },
  {
    name: 'D4: Deno.exit() during a run fires shutdown in order, and no phase waits for a promise',
    source: `
      const reactor = new Reactor({ logger: toStdout });
      const trigger = async ({ phase, detail, terminal }) => {
        console.log(phase, detail.kind, terminal);
        await sleep(reactor, 1);
        console.log('never');
      };
      reactor.on('shutdown', { before: trigger, during: trigger, after: trigger });
      reactor.callLater(1, () => Deno.exit(3));
      await reactor.run();`,
    async drive() {
      const lines = ['before unload true', 'during unload true', 'after unload true'];
      return { lines: [...lines, /^the process exits while the reactor is running; cut: trigger/], code: 3 };
    },
  },
  ...[
    { owner: 'Deno', given: 0 },
    { owner: 'process', given: 0 },
    { owner: 'Deno', given: 7 },
  ].map(({ owner, given }) => ({
    name: `N22: ${owner}.exit(${given}) while a service runs fires shutdown, is reported, and the status is not 0`,
    source: `
      await runService((app) => {
        app.on('startup', { after: () => setTimeout(() => ${owner}.exit(${given})) });
        app.on('shutdown', () => console.log('shutdown'));
      }, { logger: toStdout });`,
    async drive() {
      const line = /^the process exits while the reactor is running; no phase of its shutdown could wait\. Await stop/;
      return { lines: ['shutdown', line], code: given || 1 };
    },
  })),
  {
    name: 'D4: a trigger that throws in unload makes the status 1',
    source: `
      const reactor = new Reactor({ onError: () => undefined });
      reactor.on('shutdown', () => { throw new Error('disk full'); });
      reactor.callWhenRunning(() => setTimeout(() => Deno.exit()));
      await reactor.run();`,
    async drive() {
      return { lines: [], code: 1 };
    },
  },
  {
    name: 'N22: Deno.exit(0) with a shutdown that need not wait ends with 0',
    source: `
      const reactor = new Reactor();
      reactor.on('shutdown', () => console.log('shutdown'));
      reactor.callWhenRunning(() => setTimeout(() => Deno.exit(0)));
      await reactor.run();`,
    async drive() {
      return { lines: ['shutdown'], code: 0 };
    },
  },
  {
    name: 'N24: a signal keeps the Deno.exitCode that main has set',
    source: `
      await runMain(async (app) => {
        console.log('running');
        await sleep(app, 3_600_000).catch(() => undefined);
        Deno.exitCode = 5;
      });`,
    async drive(program) {
      await program.line('running');
      program.kill('SIGINT');
      return { lines: ['running'], code: 5 };
    },
  },
  {
    name: 'N24: a main that can never settle is named, and the status is 13, if it is not awaited at top level',
    source: `
      runMain(() => new Promise(() => undefined), { logger: toStdout });`,
    async drive() {
      return { lines: ['nothing is left to run, but not settled: main; ending with status 13'], code: 13 };
    },
  },
  {
    name: "N11: exit: 'signal' ends the process by the signal after a clean stop",
    source: `
      await runService((app) => void app.on('startup', { after: () => console.log('running') }), { exit: 'signal' });
      console.log('over');`,
    async drive(program) {
      await program.line('running');
      program.kill('SIGTERM');
      return { lines: ['running', 'over'], signal: 'SIGTERM' };
    },
  },
  {
    name: "D4: exit: 'signal' is refused as process 1, where Deno would crash",
    skip: lackingNamespace(),
    through: UNSHARE,
    source: `
      try { await new Reactor({ exit: 'signal' }).run(); } catch (error) { console.log(Deno.pid, error.code, error.message); }`,
    async drive() {
      const line = '1 ERR_TRIPHASE_HOST_MISSING Deno cannot end by a signal as process 1';
      return { lines: [`${line}: leave exit: 'signal' out, so that the exit status tells of the signal`], code: 0 };
    },
  },
  {
    name: "D4: exit: 'signal' is refused under --watch, which the signal would end, if the command line can be read",
    args: ['--watch', '--allow-all'],
    source: `
      try { await new Reactor({ exit: 'signal' }).run(); } catch (error) { console.log(error.code, error.message); }`,
    async drive(program) {
      await program.line('ERR_TRIPHASE_HOST_MISSING');
      program.kill('SIGKILL');
      const line = 'ERR_TRIPHASE_HOST_MISSING Under --watch the signal would end the watcher too';
      return {
        lines: [`${line}: leave exit: 'signal' out, so that the exit status tells of the signal`],
        signal: 'SIGKILL',
      };
    },
  },
  {
    name: 'N11: an uncaught error stops the reactor in order, with status 1',
    source: `
      const reactor = new Reactor({ onError: (error, source) => console.log(source.name, String(error)) });
      reactor.on('shutdown', { before: () => sleep(reactor, 5), after: () => console.log('after') });
      reactor.callWhenRunning(() => {
        setTimeout(() => { throw new Error('thrown'); });
        setTimeout(() => { Promise.reject(new Error('rejected')); }, 1);
        setTimeout(() => reportError(new Error('reported')), 2);
      });
      console.log((await reactor.run()).reason.kind);`,
    async drive() {
      return {
        lines: [
          'uncaught exception Error: thrown',
          'unhandled rejection Error: rejected',
          'uncaught exception Error: reported',
          'after',
          'uncaught',
        ],
        code: 1,
      };
    },
  },
  {
    name: 'N11: with uncaught: false Deno ends the process itself',
    source: `
      const reactor = new Reactor({ uncaught: false });
      reactor.on('shutdown', () => console.log('never'));
      reactor.callWhenRunning(() => setTimeout(() => { throw new Error('thrown'); }));
      await reactor.run();`,
    async drive() {
      return { lines: [], code: 1 };
    },
  },
  {
    name: 'D4: in a worker the reactor leaves signals and the exit status alone, and stop() works',
    args: ['--allow-read'],
    source: `
      if (typeof WorkerGlobalScope === 'undefined') {
        const worker = new Worker(import.meta.url, { type: 'module' });
        worker.onmessage = ({ data }) => {
          console.log(data);
          if (data === 'running') worker.postMessage('stop');
        };
      } else {
        const reactor = new Reactor();
        globalThis.onmessage = () => void reactor.stop();
        reactor.on('shutdown', () => { throw new Error('fails'); });
        reactor.callWhenRunning(() => postMessage('running'));
        const { reason } = await reactor.run();
        postMessage('over: ' + reason.kind);
        close();
      }`,
    async drive() {
      return { lines: ['running', 'over: stop'], code: 0 };
    },
  },
];

/** Why this machine can't make a PID namespace, as the `skip` of a test, or `undefined`. */
function lackingNamespace() {
  const [command, ...args] = UNSHARE;
  const { status, stderr, error } = spawnSync(command, [...args, 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : { Deno: `unshare: ${error?.message ?? stderr.trim()}` };
}
