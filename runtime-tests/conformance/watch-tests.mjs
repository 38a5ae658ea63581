/**
 * Tests of programs under `--watch` and `--hot`, whose file changes (D9), in the form of process-tests.mjs. A program prints `load`: 1 for the
 * original file, and one more for each change.
 */
const LOAD = `
  import { readFileSync } from 'node:fs';
  const load = readFileSync(new URL(import.meta.url), 'utf8').split('\\n// changed').length;
  const log = (...words) => console.log(load + ':', ...words);`;

const SERVICE = `${LOAD}
  const ended = runService((app) => {
    app.on('startup', { after: () => log('running') });
    app.on('shutdown', { before: ({ detail }) => log('stopping', detail.kind), after: () => sleep(app, 20) });
  });
  void ended.then(({ reason }) => log('over', reason.kind));`;

const AWAITED = `${SERVICE}
  await ended;`;

/** A resource that listens on a port. */
const PORT = `
  app.use(resource('port', () => Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } }), (it) => it.stop(true)));`;

/** The lines of one load from its start to its stop. */
const linesOf = (load, reason) => [`${load}: running`, `${load}: stopping ${reason}`, `${load}: over ${reason}`];

/** Makes two changes, then sends a signal. Deno misses a change that comes before it watches, so each change is repeated until Deno has seen it. */
async function changeTwiceUntilSeen(program, { change, touch }) {
  for (const load of [1, 2]) {
    await program.line(`${load}: running`);
    change();
    const again = setInterval(() => {
      if (program.stderr.split('graceful termination').length <= load) touch();
    }, 1_000);
    await program.line(`${load + 1}: running`).finally(() => clearInterval(again));
  }
  program.kill('SIGINT');
}

/** Makes two changes, then sends a signal. */
async function changeTwice(program, { change }) {
  await program.line('1: running');
  change();
  await program.line('2: running');
  change();
  await program.line('3: running');
  program.kill('SIGINT');
}

export const bunWatchTests = [
  ...[SERVICE, AWAITED].map((source, index) => ({
    name: `D9: --watch replaces the program without a shutdown, and a signal stops it${index === 1 ? ', also with a top-level await' : ''}`,
    args: ['--watch'],
    source,
    async drive(program, file) {
      await changeTwice(program, file);
      return { lines: ['1: running', '2: running', ...linesOf(3, 'signal')], code: 0 };
    },
  })),
  {
    name: 'D9: --watch ends a program that something keeps alive after a signal, and says so',
    args: ['--watch'],
    source: `${LOAD}
      setInterval(() => undefined, 1_000);
      await runService((app) => void app.on('startup', { after: () => log('running') }), { logger: toStdout });
      log('over');`,
    async drive(program) {
      await program.line('1: running');
      program.kill('SIGTERM');
      const line =
        'the run has ended, but something still holds the process: this runtime does not say what; ending it';
      return { lines: ['1: running', '1: over', line], code: 0 };
    },
  },
  ...[
    { option: '--watch', code: 0 },
    { option: '--hot', code: 1 },
  ].map(({ option, code }) => ({
    name: `D9: after a failed start ${option} waits for the next change, and runs that`,
    args: [option],
    source: `${LOAD}
      runService((app) => {
        if (load === 1) throw new Error('a mistake');
        app.on('startup', { after: () => log('running') });
      }, { logger: toStdout }).then(({ reason }) => log('over', reason.kind), () => log('failed'));`,
    async drive(program, { change }) {
      await program.line('1: failed');
      // Longer than the 1 s after which a reactor ends a process that something keeps alive.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      change();
      await program.line('2: running');
      program.kill('SIGINT');
      return { lines: [/a mistake/, '1: failed', '2: running', '2: over signal'], code };
    },
  })),
  {
    name: 'D9: --hot stops the run of the older load before the new load starts its run',
    args: ['--hot'],
    source: SERVICE,
    async drive(program, file) {
      await changeTwice(program, file);
      await program.ended;
      // The line of an older run may come after the new run has started.
      const inOrder = program.lines.filter((line) => !line.includes('over'));
      const allLines = [...linesOf(1, 'hot-reload'), ...linesOf(2, 'hot-reload'), ...linesOf(3, 'signal')];
      return {
        lines: program.lines,
        code: 0,
        also: [
          [inOrder, allLines.filter((line) => !line.includes('over'))],
          [program.lines.toSorted(), allLines.toSorted()],
        ],
      };
    },
  },
  {
    name: 'D9: --hot starts the new run after the older one has closed its port, also when two changes come at once',
    args: ['--hot'],
    source: `${LOAD}
      const port = (globalThis.freePort ??= await freePort());
      runService((app) => {
        ${PORT}
        app.on('startup', { after: () => log('running') });
        app.on('shutdown', { before: () => { log('stopping'); return sleep(app, 300); } });
      }, { logger: toStdout }).then(({ reason }) => log('over', reason.kind));
      async function freePort() {
        const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
        const { port } = probe;
        probe.stop(true);
        return port;
      }`,
    async drive(program, { change }) {
      await program.line('1: running');
      change();
      await program.line('1: stopping');
      change();
      await program.line('3: running');
      program.kill('SIGINT');
      await program.ended;
      const lines = program.lines.filter((line) => !line.startsWith('2:'));
      return {
        lines: program.lines,
        code: 0,
        also: [
          [
            lines.toSorted(),
            ['1: over hot-reload', '1: running', '1: stopping', '3: over signal', '3: running', '3: stopping'],
          ],
        ],
      };
    },
  },
  {
    name: 'D9: with --hot two reactors of the same load both run',
    args: ['--hot'],
    source: `${LOAD}
      for (const name of ['a', 'b']) {
        const reactor = new Reactor();
        reactor.callWhenRunning(() => log(name, 'running'));
        void reactor.run().then(({ reason }) => log(name, reason.kind));
      }`,
    async drive(program) {
      await program.line('1: b running');
      program.kill('SIGTERM');
      return { lines: ['1: a running', '1: b running', '1: a signal', '1: b signal'], code: 0 };
    },
  },
];

export const denoWatchTests = ['--watch', '--watch-hmr'].map((option) => ({
  name: `D9: ${option} stops the program before it starts it again, and a signal stops it`,
  args: [option, '--allow-read'],
  source: AWAITED,
  async drive(program, file) {
    await changeTwiceUntilSeen(program, file);
    return { lines: [...linesOf(1, 'signal'), ...linesOf(2, 'signal'), ...linesOf(3, 'signal')], code: 0 };
  },
}));
