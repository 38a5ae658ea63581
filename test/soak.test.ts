import { describe, expect, jest, test } from '@jest/globals';
import { CallsModel } from '../soak/calls-model.ts';
import { FiringsModel, type Registration } from '../soak/firings-model.ts';
import { Journal } from '../soak/journal.ts';
import { planOf, type Plan } from '../soak/plan.ts';
import { judge } from '../soak/process-model.ts';
import { Random } from '../soak/random.ts';
import { ServicesModel } from '../soak/services-model.ts';
import { runProgram } from './docs-run.ts';

// Enough for bundling, twenty seconds of lives, and their end, on a busy machine.
jest.setTimeout(120_000);

const soak = (...args: string[]): ReturnType<typeof runProgram> =>
  runProgram('npm', ['run', 'soak', '--silent', '--', ...args]);

test.concurrent(
  'C9–C37, C40, C43, C46, C48, C52, C57, N1, N4, N5, N7, N8, N11, N20, N22–N25: twenty seconds of random lives break no statement',
  async () => {
    const { status, stdout, stderr } = await soak('--seconds', '20', '--seed', '1');
    expect({ status, stderr, said: status === 0 ? '' : stdout }).toEqual({ status: 0, stderr: '', said: '' });
    expect(stdout).toMatch(/^soak: seed 1, 20 s/);
    // Each kind of act must have happened.
    const happened = [...stdout.matchAll(/^([\w :.-]+): \d+$/gm)].map(([, what]) => what);
    expect(happened).toEqual(
      expect.arrayContaining([
        ...['ended by crash', 'ended by startup-failed', 'ended by stop', 'ended by dispose', 'ended by abort'],
        ...['fire', 'register', 'remove', 'soon', 'later', 'change', 'loop', 'task', 'sleep', 'use', 'stop: escalate'],
      ]),
    );
    // Programs must have called the reactor from every hook.
    const acts = ['stop', 'crash', 'run', 'fire', 'remove', 'escalate', 'dispose', 'abort', 'host', 'waitUntil'];
    const life = ['startup', 'shutdown'].flatMap((event) => ['before', 'during', 'after'].map((p) => `${event} ${p}`));
    const host = ['acquireKeepAlive', 'attachHost', 'release host', 'release keep-alive', 'logger', 'onError'];
    const signals = ['context.signal', 'reactor.signal', 'options.signal'];
    const observer = ['turn', 'call', 'firing', 'phase', 'trigger'].map((method) => `observer.${method}`);
    const others = ['own before', 'own during', 'own after', 'then', 'then of waitUntil', 'onDrop', 'attach', 'status'];
    expect(happened).toEqual(expect.arrayContaining(acts.map((act) => `reentrant: ${act}`)));
    expect(happened).toEqual(
      expect.arrayContaining([...life, ...host, ...signals, ...observer, ...others].map((place) => `at ${place}`)),
    );
    expect(happened.filter((what) => what?.startsWith('process: ')).length).toBeGreaterThan(0);
    expect(happened.filter((what) => what?.startsWith('planned: ')).length).toBeGreaterThan(0);
  },
);

// The heap is checked from the eleventh round on.
const planted = (leak: string): ReturnType<typeof soak> => soak('--rounds', '13', '--seed', '1', '--plant', leak);

test.concurrent('C43: a listener that is leaked on purpose fails the check of the heap', async () => {
  const { status, stdout } = await planted('listener');
  expect([status, /^✗ (.*): .* grown from/m.exec(stdout)?.[0]]).toEqual([
    1,
    expect.stringMatching(/^✗ round 1\d: C43: the heap has grown from$/),
  ]);
});

test.concurrent('C30, C43: reactors and handles that are leaked on purpose are found', async () => {
  const [reactor, handle] = await Promise.all([planted('reactor'), planted('handle')]);
  expect([reactor.status, handle.status]).toEqual([1, 1]);
  expect(reactor.stdout).toContain('C43: 60 reactors of the round before cannot be collected');
  expect(handle.stdout).toMatch(/C30, N1: the process holds ".*Timeout/);
});

test.concurrent('C52: the model of services finds a reactor that ignores needs', async () => {
  const { status, stdout } = await soak('--rounds', '5', '--seed', '1', '--plant', 'needs');
  expect([status, /^✗ services \d+: C57-C72: .*, and \w+ \d+ has not started$/m.test(stdout)]).toEqual([1, true]);
});

test.concurrent('without a leak the same number of rounds passes', async () => {
  const { status, stdout } = await planted('none');
  expect({ status, said: status === 0 ? '' : stdout }).toEqual({ status: 0, said: '' });
});

test('the same seed gives the same program', () => {
  const numbers = (random: Random): number[] => Array.from({ length: 5 }, () => random.below(1_000));
  const random = new Random(7);
  const fork = new Random(7).fork();
  expect(numbers(random)).toEqual(numbers(new Random(7)));
  expect(numbers(new Random(7).fork())).toEqual(numbers(fork));
  expect(numbers(new Random(8))).not.toEqual(numbers(new Random(7)));
  expect(planOf(7)).toEqual(planOf(7));
  expect(planOf(8)).not.toEqual(planOf(7));
});

describe('the models of the soak find', () => {
  const violations = (life: (firings: FiringsModel, journal: Journal) => void, waiting: string[] = []): string[] => {
    const journal = new Journal();
    const firings = new FiringsModel(journal, {
      waiting: () => waiting.map((name) => ({ kind: 'trigger', name, event: 'a', phase: 'before', age: 0 })),
      mayStart: () => true,
    });
    life(firings, journal);
    return journal.violations.map(({ message }) => message.split(':', 1)[0] ?? '');
  };
  const added = (firings: FiringsModel, phase: Registration['phase'], name: string): Registration => {
    const registration = { event: 'a', phase, name, every: false, required: false, registered: true };
    firings.add(registration);
    return registration;
  };

  test('C9: a trigger that is called before one that was registered first', () => {
    const seen = violations((firings) => {
      added(firings, 'before', 'first');
      firings.called('a', 1, 'before', added(firings, 'before', 'second'));
    });
    expect(seen).toEqual(['C9']);
  });

  test('C10: a phase that begins while the one before it is pending', () => {
    const life = (firings: FiringsModel): void => {
      firings.called('a', 1, 'before', added(firings, 'before', 'slow')).state = 'pending';
      firings.called('a', 1, 'during', added(firings, 'during', 'next'));
    };
    expect(violations(life, ['slow'])).toEqual(['C10']);
    expect(violations(life)).toEqual([]); // the reactor has abandoned the trigger, and its report must say so
  });

  test('C16: a trigger that is called after it was removed', () => {
    const seen = violations((firings) => {
      const registration = added(firings, 'before', 'gone');
      firings.removed(registration);
      firings.called('a', 1, 'before', registration);
    });
    expect(seen).toContain('C16, C19');
  });

  test('C37, C40: calls that run in the wrong order, or early', () => {
    const seen = violations((_, journal) => {
      const calls = new CallsModel(journal);
      const handle = (time: number) => ({ time, active: true }) as Parameters<CallsModel['set']>[1]; // as: the model reads only these
      calls.queued('one');
      calls.queued('two');
      calls.ran('two');
      calls.set('early', handle(5));
      calls.set('late', handle(9));
      calls.set('later', handle(20));
      calls.ranTimed('late', 10);
      calls.ranTimed('early', 10);
      calls.ranTimed('later', 19);
    });
    expect(seen).toEqual(['C37', 'C40', 'C39']);
  });

  test('C52: a service that starts before the one that it needs, and one that is stopped without having started', () => {
    const seen = violations((firings, journal) => {
      const services = new ServicesModel(journal, firings);
      const db = { name: 'db', startup: { during: () => undefined } };
      const http = { name: 'http', needs: [db], startup: db.startup, shutdown: db.startup };
      services.add(db);
      services.add(http);
      const call = firings.called('startup', 1, 'during', http);
      services.called('startup', 'during', http, call);
      call.state = 'failed';
      services.called('shutdown', 'during', http, firings.called('shutdown', 2, 'during', http));
    });
    expect(seen).toEqual(['C52', 'C52']);
  });
});

describe('the model of processes finds', () => {
  const plan: Plan = {
    kind: 'service',
    parent: 'none',
    reload: 'none',
    writes: [],
    logger: 'console',
    steps: { setup: 1, start: 2, work: 1, finally: 0 },
    acts: {},
    after: undefined,
    waits: true,
    repeats: false,
    lingers: false,
  };
  const started = ['at setup 0', 'done setup', 'at start 0', 'done start 0', 'at start 1', 'done start 1', 'at work 0'];
  const stopped = ['at before 0', 'at stop 1', 'at stop 0', 'at after 0'];
  const sigterm = { kind: 'signal', signal: 'SIGTERM', doubled: undefined, by: 'itself' } as const;
  const sighup = { ...sigterm, signal: 'SIGHUP' } as const;
  /** The last lines of a life. `exit`: the status, the CPU time in milliseconds, and the number of lines that the logger printed. */
  const ends = (reason: string, status = 0): string[] => [`over ${reason}`, 'listeners', `exit ${String(status)} 90 0`];
  const signalled = [...started, 'act work 0', 'aborted SIGTERM', 'acted work 0'];

  /** Each violation, by its statements. */
  const seen = (
    changes: Partial<Plan>,
    lines: readonly string[],
    { status = 0, stderr = '' }: { readonly status?: number | string; readonly stderr?: string } = {},
  ): string[] =>
    judge({ ...plan, ...changes }, { lines, printed: { stdout: '', stderr }, status }).map(
      (wrong) => wrong.split(':', 1)[0] ?? '',
    );

  test('no violation in a correct life', () => {
    const acts = { 'work 0': sigterm };
    expect(seen({}, [...started, 'ends', 'aborted stop', ...stopped, ...ends('stop')])).toEqual([]);
    expect(seen({ acts }, [...signalled, ...stopped, ...ends('SIGTERM')])).toEqual([]);
  });

  test('N7: a service that starts after a stop, and a stop that does not wait for setup', () => {
    const acts = { 'setup 0': sigterm };
    const begin = ['at setup 0', 'act setup 0', 'aborted SIGTERM', 'acted setup 0'];
    const right = [...begin, 'done setup', 'at before 0', 'at after 0', ...ends('SIGTERM')];
    expect(seen({ acts }, right)).toEqual([]);
    expect(seen({ acts }, [...begin, 'at before 0', 'done setup', 'at after 0', ...ends('SIGTERM')])).toEqual(['N7']);
    expect(seen({ acts }, [...begin, 'at start 0', ...right.slice(4)])).toContain('N7');
  });

  test('C52, N11: a service that is not stopped, a wrong reason, a wrong status, a process that hangs', () => {
    const acts = { 'work 0': sigterm };
    expect(seen({ acts }, [...signalled, 'at before 0', 'at stop 1', 'at after 0', ...ends('SIGTERM')])).toEqual([
      'C52',
    ]);
    expect(seen({ acts }, [...signalled, ...stopped, ...ends('stop')])).toEqual(['N11']);
    const status = 'N11, N22, N23, N24';
    expect(seen({ acts }, [...signalled, ...stopped, ...ends('SIGTERM', 1)], { status: 1 })).toEqual([status]);
    expect(seen({ acts }, [...signalled, 'hangs'], { status: 'SIGKILL' })).toContain('N11');
  });

  test('N4, N5: a signal that has no effect, and a repeat that ends the process after its run', () => {
    const acts = { 'work 0': sigterm };
    const ignored = [...started, 'act work 0', 'acted work 0', 'ends', 'aborted stop', ...stopped, ...ends('stop')];
    expect(seen({ acts }, ignored)).toEqual(['N4, N23, N25']);
    const life = [...signalled, ...stopped, 'over SIGTERM', 'repeats'];
    expect(seen({ acts }, life, { status: 'SIGINT' })).toContain('N5');
  });

  test('N20: a SIGHUP that stops the reactor, or reloads too early, too often or not at all', () => {
    const reload = { reload: 'sync', acts: { 'start 1': sighup } } as const;
    const life = (early: readonly string[], late: readonly string[]): string[] => [
      ...started.slice(0, 5),
      ...['act start 1', ...early, 'acted start 1', 'done start 1', ...late, 'at work 0'],
      ...['ends', 'aborted stop', ...stopped, ...ends('stop')],
    ];
    const once = ['reload running', 'reloaded'];
    expect(seen(reload, life([], once))).toEqual([]);
    expect(seen(reload, life(once, []))).toEqual(['N20']);
    expect(seen(reload, life([], [...once, ...once]))).toEqual(['N20']);
    expect(seen(reload, life([], []))).toEqual(['N20']);
    expect(seen(reload, life(['aborted SIGHUP'], []))).toContain('N4, N23, N25');
  });

  test('N22: an exit that cuts a service with status 0 or without a line', () => {
    const acts = { 'work 0': { kind: 'exit', status: 0, later: false } } as const;
    const life = [...started, 'act work 0', 'exits running', 'exit 0 90 0'];
    const stderr = 'the process exits while the reactor is running; its shutdown is not run.';
    expect(seen({ acts }, life, { status: 1, stderr })).toEqual([]);
    expect(seen({ acts }, life, { status: 0, stderr })).toEqual(['N11, N22, N23, N24']);
    expect(seen({ acts }, life, { status: 1 })).toEqual(['N5, N11, N22, N23']);
  });

  test('N23: output that is lost with status 0, is reported twice, or makes a busy loop', () => {
    const acts = { 'work 0': { kind: 'close', streams: ['stdout'] } } as const;
    const broken = [...started, 'act work 0', 'aborted uncaught', 'broken stdout', 'acted work 0', ...stopped];
    const line = 'stdout cannot be written to (Error: write EPIPE), so the process stops\n';
    const right = { status: 1, stderr: line };
    expect(seen({ acts }, [...broken, ...ends('uncaught', 1)], right)).toEqual([]);
    expect(seen({ acts }, [...broken, ...ends('uncaught')], { ...right, status: 0 })).toEqual(['N11, N22, N23, N24']);
    expect(seen({ acts }, [...broken, ...ends('uncaught', 1)], { status: 1, stderr: line + line })).toEqual([
      'N5, N11, N22, N23',
    ]);
    const over = [...broken, 'over uncaught', 'listeners'];
    expect(seen({ acts }, [...over, 'exit 1 24000 0'], right)).toEqual(['N23']);
    expect(seen({ acts }, [...over, 'exit 1 90 7000'], right)).toEqual(['N23']);
  });

  test('N24: resources that close before the finally block of main has run, and an interrupted main that ends with 0', () => {
    const main = { kind: 'main', steps: { ...plan.steps, setup: 0, finally: 1 }, acts: { 'work 0': sigterm } } as const;
    const begin = ['done start 0', 'done start 1', 'at work 0', 'act work 0', 'aborted SIGTERM', 'acted work 0'];
    const waited = [...begin, 'at before 0', 'at finally 0', 'done main', ...stopped.slice(1), ...ends('SIGTERM', 143)];
    expect(seen(main, waited, { status: 143 })).toEqual([]);
    expect(seen(main, waited, { status: 0 })).toEqual(['N11, N22, N23, N24']);
    const acts = { 'work 0': { kind: 'close', streams: ['stdout'] }, 'before 0': sigterm } as const;
    const stopThenSignal = (reason: string, inBefore: string): string[] => [
      ...[
        ...begin.slice(0, 4),
        `aborted ${reason}`,
        'acted work 0',
        'at before 0',
        'act before 0',
        ...inBefore.split(', '),
      ],
      ...[...stopped.slice(1), ...ends(reason)],
    ];
    const orphan = { ...main, parent: 'fork', acts: { ...acts, 'work 0': { kind: 'orphan', how: 'kill' } } } as const;
    const status = (lines: readonly string[], code: number): string[] =>
      lines.map((line) => line.replace(/^exit 0/, `exit ${String(code)}`));
    const [signalFirst, mainFirst] = [
      'signalled SIGTERM, done main, acted before 0',
      'done main, signalled SIGTERM, acted before 0',
    ];
    expect(seen(orphan, status(stopThenSignal('disconnect', signalFirst), 143))).toEqual([]);
    expect(seen(orphan, status(stopThenSignal('disconnect', signalFirst), 0))).toEqual(['N11, N22, N23, N24']);
    expect(seen(orphan, status(stopThenSignal('disconnect', mainFirst), 0))).toEqual([]);
    expect(seen({ ...main, acts }, status(stopThenSignal('uncaught', signalFirst), 1), { status: 1 })).toEqual([]);
    const early = [
      ...begin,
      ...stopped.slice(0, 3),
      'at finally 0',
      'done main',
      'at after 0',
      ...ends('SIGTERM', 143),
    ];
    expect(seen(main, early, { status: 143 })).toEqual(['N24']);
  });

  test('N25: a child that outlives its parent, and one that ends with the wrong status', () => {
    const child = { parent: 'fork', acts: { 'work 0': { kind: 'orphan', how: 'kill' } } } as const;
    const begin = [...started, 'act work 0', 'aborted disconnect', 'acted work 0'];
    expect(seen(child, [...begin, ...stopped, ...ends('disconnect')], { status: 'SIGKILL' })).toEqual([]);
    expect(seen(child, [...begin, ...stopped, ...ends('disconnect', 1)])).toEqual(['N11, N22, N23, N24']);
    expect(seen(child, [...started, 'act work 0', 'hangs'])).toContain('N11');
  });
});
