/** Tests of several reactors in one Deno process, and of a child process (N6, N25, N26), in the form of process-tests.mjs. */

/** Counts the signal listeners that are registered at Deno, in `at`. */
const COUNT_LISTENERS = `
  const { addSignalListener, removeSignalListener } = Deno;
  const at = (globalThis.listening ??= {});
  if (globalThis.isCounted === undefined) {
    globalThis.isCounted = true;
    const count = (method, change) => (signal, listener) => {
      at[signal] = (at[signal] ?? 0) + change;
      method(signal, listener);
    };
    Deno.addSignalListener = count(addSignalListener, 1);
    Deno.removeSignalListener = count(removeSignalListener, -1);
  }`;

const ONE_EACH = '{"SIGTERM":1,"SIGINT":1,"SIGHUP":1}';
const NONE = '{"SIGTERM":0,"SIGINT":0,"SIGHUP":0}';

/** Expects that stderr is empty, since the host would print its warnings there. */
const silent = (program) => [program.stderr, ''];

export const denoSharedTests = [
  {
    name: 'N6, N26: thirty reactors share one listener for each signal without a warning, and one signal stops all of them',
    source: `${COUNT_LISTENERS}
      const ended = [];
      for (let n = 0; n < 30; n++) {
        const reactor = new Reactor();
        for (let m = 0; m < 11; m++) every(reactor, 1_000, () => undefined);
        ended.push(reactor.run());
      }
      console.log(JSON.stringify(at));
      const reasons = (await Promise.all(ended)).map(({ reason }) => reason.signal);
      console.log(reasons.length, new Set(reasons).size, reasons[0]);
      // The listeners stay for a moment, in case the signal is repeated.
      while (Object.values(at).some((n) => n > 0)) await new Promise((resolve) => setTimeout(resolve, 20));
      console.log(JSON.stringify(at));`,
    async drive(program) {
      await program.line('{');
      program.kill('SIGTERM');
      await program.ended;
      return { lines: [ONE_EACH, '30 1 SIGTERM', NONE], code: 0, also: [silent(program)] };
    },
  },
  {
    name: 'N6: two copies of the package share one listener for each signal, and one signal stops both',
    args: ['--allow-read'],
    source: `${COUNT_LISTENERS}
      const isCopy = import.meta.url.endsWith('?copy');
      const ended = new Reactor().run();
      if (!isCopy) {
        const copy = await import(import.meta.url + '?copy');
        console.log(copy.Reactor === Reactor, JSON.stringify(at));
        const both = await Promise.all([ended, copy.ended]);
        console.log(both.map(({ reason }) => reason.signal).join(' '));
      }
      export { ended, Reactor };`,
    async drive(program) {
      await program.line('false');
      program.kill('SIGINT');
      await program.ended;
      return { lines: [`false ${ONE_EACH}`, 'SIGINT SIGINT'], code: 0, also: [silent(program)] };
    },
  },
  {
    name: 'N25: a child whose parent is killed stops in order; with disconnect: false it goes on',
    args: ['--allow-all'],
    source: `
      import { fork } from 'node:child_process';
      import { fileURLToPath } from 'node:url';
      const [role] = Deno.args;
      if (role === undefined) {
        const children = ['stops', 'goes on'].map((each) => fork(fileURLToPath(import.meta.url), [each], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
        let running = 0;
        for (const child of children) child.on('message', () => { if (++running === 2) Deno.kill(Deno.pid, 'SIGKILL'); });
      } else {
        const reactor = new Reactor({ disconnect: role === 'stops' });
        reactor.on('shutdown', { before: () => sleep(reactor, 20), after: () => console.log(role + ': after') });
        reactor.callWhenRunning(() => process.send('running'));
        if (role === 'goes on') reactor.callLater(1_500, () => reactor.stop());
        console.log(role + ': ' + (await reactor.run()).reason.kind);
      }`,
    async drive(program) {
      await program.ended;
      const lines = ['stops: after', 'stops: disconnect', 'goes on: after', 'goes on: stop'];
      return { lines: program.lines, signal: 'SIGKILL', also: [[program.lines, lines]] };
    },
  },
];
