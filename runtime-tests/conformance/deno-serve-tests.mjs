/** Tests of a reactor in a program under `deno serve` (D13), in the form of process-tests.mjs. */
const PROGRAM = `
  addEventListener('load', () => console.log('evaluated'));
  const over = runService((app) => {
    app.on('startup', { after: () => console.log('running') });
    app.on('shutdown', { before: () => sleep(app, 300), after: () => console.log('stopped') });
  }, { logger: toStdout });
  export default { fetch: () => new Response('ok') };`;

const ADVICE = /^deno serve listens only once .*: do not await run\(\), runService\(\) or runMain\(\) at top level$/;

/** Waits more than twice the time after which the advice is printed. */
const waitForAdvice = () => new Promise((resolve) => setTimeout(resolve, 2_500));

export const denoServeTests = [
  ...[[], ['--allow-all']].map((args) => ({
    name: `D13: under deno serve a run that is not awaited stops in order, without advice (${args[0] ?? 'no permission'})`,
    args,
    source: PROGRAM,
    async drive(program) {
      await program.line('evaluated');
      await program.line('running');
      await waitForAdvice();
      program.kill('SIGTERM');
      await program.ended;
      return { lines: program.lines, code: 0, also: [[program.lines.toSorted(), ['evaluated', 'running', 'stopped']]] };
    },
  })),
  {
    name: 'D13: under deno serve a run that is awaited at top level gets advice, if the command line can be read',
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
    name: 'D13: under deno serve a run that starts after the main module was loaded gets no advice',
    args: ['--allow-all'],
    source: `
      addEventListener('load', () => setTimeout(async () => {
        await runService((app) => void app.on('startup', { after: () => console.log('running') }), { logger: toStdout });
        console.log('over');
      }));
      export default { fetch: () => new Response('ok') };`,
    async drive(program) {
      await program.line('running');
      await waitForAdvice();
      program.kill('SIGTERM');
      return { lines: ['running', 'over'], code: 0 };
    },
  },
];

/** A program under `deno run`, which may await its run at top level. */
export const denoRunTest = {
  name: 'D13: under deno run a run that is awaited at top level gets no advice',
  args: ['--allow-all'],
  source: `await runService((app) => void app.on('startup', { after: () => console.log('running') }), { logger: toStdout });`,
  async drive(program) {
    await program.line('running');
    await waitForAdvice();
    program.kill('SIGTERM');
    return { lines: ['running'], code: 0 };
  },
};
