/** A run beside the server of `deno serve` (D13): rows as in `process-tests.mjs`. */
const PROGRAM = `
  addEventListener('load', () => console.log('evaluated'));
  const over = runService((app) => {
    app.on('startup', { after: () => console.log('running') });
    app.on('shutdown', { before: () => sleep(app, 300), after: () => console.log('stopped') });
  }, { logger: toStdout });
  export default { fetch: () => new Response('ok') };`;

const ADVICE = /^deno serve listens only once .*: do not await run\(\), runService\(\) or runMain\(\) at top level$/;

/** More than twice the time after which it is said. */
const wait = () => new Promise((resolve) => setTimeout(resolve, 2_500));

export const denoServeTests = [
  ...[[], ['--allow-all']].map((args) => ({
    name: `D13: a run that is not awaited stops in order beside the server, and nothing is said (${args[0] ?? 'no permission'})`,
    args,
    source: PROGRAM,
    async drive(program) {
      await program.line('evaluated');
      await program.line('running');
      await wait();
      program.kill('SIGTERM');
      await program.ended;
      return { lines: program.lines, code: 0, also: [[program.lines.toSorted(), ['evaluated', 'running', 'stopped']]] };
    },
  })),
  {
    name: 'D13: a run that is awaited at top level is diagnosed, where the command line is known',
    args: ['--allow-all'],
    source: `${PROGRAM}
      await over;`,
    async drive(program) {
      await program.line('deno serve listens');
      program.kill('SIGKILL');
      return { lines: ['running', ADVICE], signal: 'SIGKILL' };
    },
  },
  {
    name: 'D13: a run that a module begins after the main one is not taken for awaited',
    args: ['--allow-all'],
    source: `
      addEventListener('load', () => setTimeout(async () => {
        await runService((app) => void app.on('startup', { after: () => console.log('running') }), { logger: toStdout });
        console.log('over');
      }));
      export default { fetch: () => new Response('ok') };`,
    async drive(program) {
      await program.line('running');
      await wait();
      program.kill('SIGTERM');
      return { lines: ['running', 'over'], code: 0 };
    },
  },
];

/** `deno run`, which awaits its run at top level as it should. */
export const denoRunTest = {
  name: 'D13: a run that is awaited under deno run is in order',
  args: ['--allow-all'],
  source: `await runService((app) => void app.on('startup', { after: () => console.log('running') }), { logger: toStdout });`,
  async drive(program) {
    await program.line('running');
    await wait();
    program.kill('SIGTERM');
    return { lines: ['running'], code: 0 };
  },
};
