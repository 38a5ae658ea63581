/**
 * What a change of its file does to a program that its runtime watches (D9): rows as in `process-tests.mjs`. `load` is 1, and one more for
 * each change that a load has seen.
 */
const LOAD = `
  import { readFileSync } from 'node:fs';
  const load = readFileSync(new URL(import.meta.url), 'utf8').split('\\n// changed').length;
  const say = (...words) => console.log(load + ':', ...words);`;

const SERVICE = `${LOAD}
  const ended = runService((app) => {
    app.on('startup', { after: () => say('running') });
    app.on('shutdown', { before: ({ detail }) => say('stopping', detail.kind), after: () => sleep(app, 20) });
  });
  void ended.then(({ reason }) => say('over', reason.kind));`;

const AWAITED = `${SERVICE}
  await ended;`;

/** What listens on a port that there is only one of. */
const PORT = `
  app.use(resource('port', () => Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } }), (it) => it.stop(true)));`;

const life = (load, reason) => [`${load}: running`, `${load}: stopping ${reason}`, `${load}: over ${reason}`];

/** Two changes, and a signal. Those that come before Deno has begun to watch are not seen: they are made again. */
async function changeTwiceSeen(program, { change, touch }) {
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

/** Two changes, and a signal. */
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
    name: `D9: --watch replaces the program without a shutdown, and a signal ends it all${index === 1 ? ', awaited at top level' : ''}`,
    args: ['--watch'],
    source,
    async drive(program, file) {
      await changeTwice(program, file);
      return { lines: ['1: running', '2: running', ...life(3, 'signal')], code: 0 };
    },
  })),
  {
    name: 'D9: --watch ends what something still holds after a signal, and says so',
    args: ['--watch'],
    source: `${LOAD}
      setInterval(() => undefined, 1_000);
      await runService((app) => void app.on('startup', { after: () => say('running') }), { logger: toStdout });
      say('over');`,
    async drive(program) {
      await program.line('1: running');
      program.kill('SIGTERM');
      const line =
        'the run has ended, but something still holds the process: this runtime does not say what; ending it';
      return { lines: ['1: running', '1: over', line], code: 0 };
    },
  },
  ...[
    ['--watch', 0],
    ['--hot', 1],
  ].map(([option, code]) => ({
    name: `D9: ${option} waits for the next change when a start has failed, and runs that`,
    args: [option],
    source: `${LOAD}
      runService((app) => {
        if (load === 1) throw new Error('a mistake');
        app.on('startup', { after: () => say('running') });
      }, { logger: toStdout }).then(({ reason }) => say('over', reason.kind), () => say('failed'));`,
    async drive(program, { change }) {
      await program.line('1: failed');
      // More than twice the time that a process is given which is to end.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      change();
      await program.line('2: running');
      program.kill('SIGINT');
      return { lines: [/a mistake/, '1: failed', '2: running', '2: over signal'], code };
    },
  })),
  {
    name: 'D9: --hot stops the run of an older load to its end before a new one starts',
    args: ['--hot'],
    source: SERVICE,
    async drive(program, file) {
      await changeTwice(program, file);
      await program.ended;
      // Who awaits an older run may go on after the new one has begun.
      const inOrder = program.lines.filter((line) => !line.includes('over'));
      const lives = [...life(1, 'hot-reload'), ...life(2, 'hot-reload'), ...life(3, 'signal')];
      return {
        lines: program.lines,
        code: 0,
        also: [
          [inOrder, lives.filter((line) => !line.includes('over'))],
          [program.lines.toSorted(), lives.toSorted()],
        ],
      };
    },
  },
  {
    name: 'D9: --hot starts after the older run has closed its port, also where two changes come at once',
    args: ['--hot'],
    source: `${LOAD}
      const port = (globalThis.freePort ??= await freePort());
      runService((app) => {
        ${PORT}
        app.on('startup', { after: () => say('running') });
        app.on('shutdown', { before: () => { say('stopping'); return sleep(app, 300); } });
      }, { logger: toStdout }).then(({ reason }) => say('over', reason.kind));
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
    name: 'D9: --hot leaves the reactors of one load beside each other',
    args: ['--hot'],
    source: `${LOAD}
      for (const name of ['a', 'b']) {
        const reactor = new Reactor();
        reactor.callWhenRunning(() => say(name, 'running'));
        void reactor.run().then(({ reason }) => say(name, reason.kind));
      }`,
    async drive(program) {
      await program.line('1: b running');
      program.kill('SIGTERM');
      return { lines: ['1: a running', '1: b running', '1: a signal', '1: b signal'], code: 0 };
    },
  },
];

export const denoWatchTests = ['--watch', '--watch-hmr'].map((option) => ({
  name: `D9: ${option} stops the program to its end and starts it again, and a signal ends it all`,
  args: [option, '--allow-read'],
  source: AWAITED,
  async drive(program, file) {
    await changeTwiceSeen(program, file);
    return { lines: [...life(1, 'signal'), ...life(2, 'signal'), ...life(3, 'signal')], code: 0 };
  },
}));
