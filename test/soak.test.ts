import { describe, expect, jest, test } from '@jest/globals';
import { CallsModel } from '../soak/calls-model.ts';
import { FiringsModel, type Registration } from '../soak/firings-model.ts';
import { Journal } from '../soak/journal.ts';
import { Random } from '../soak/random.ts';
import { ServicesModel } from '../soak/services-model.ts';
import { runProgram } from './docs-run.ts';

// The bundle, twenty seconds, what is under way when they are over, and a busy machine.
jest.setTimeout(120_000);

const soak = (...args: string[]): ReturnType<typeof runProgram> =>
  runProgram('npm', ['run', 'soak', '--silent', '--', ...args]);

test('C9–C37, C40, C43, C52, N1, N4, N5, N7, N8, N11: twenty seconds of random lives break no statement', async () => {
  const { status, stdout, stderr } = await soak('--seconds', '20', '--seed', '1');
  expect({ status, stderr, said: status === 0 ? '' : stdout }).toEqual({ status: 0, stderr: '', said: '' });
  expect(stdout).toMatch(/^soak: seed 1, 20 s/);
  // What has not happened has not been proved.
  const happened = [...stdout.matchAll(/^([\w :-]+): \d+$/gm)].map(([, what]) => what);
  expect(happened).toEqual(
    expect.arrayContaining([
      ...['ended by crash', 'ended by startup-failed', 'ended by stop', 'ended by dispose', 'ended by abort'],
      ...['fire', 'register', 'remove', 'soon', 'later', 'change', 'loop', 'task', 'sleep', 'use', 'stop: escalate'],
    ]),
  );
  expect(happened.filter((what) => what?.startsWith('process: ')).length).toBeGreaterThan(0);
});

test('a seed repeats its program', () => {
  const numbers = (random: Random): number[] => Array.from({ length: 5 }, () => random.below(1_000));
  const random = new Random(7);
  const fork = new Random(7).fork();
  expect(numbers(random)).toEqual(numbers(new Random(7)));
  expect(numbers(new Random(7).fork())).toEqual(numbers(fork));
  expect(numbers(new Random(8))).not.toEqual(numbers(new Random(7)));
});

describe('the models of the soak see', () => {
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

  test('C10: a phase that begins while the one ahead of it pends', () => {
    const life = (firings: FiringsModel): void => {
      firings.called('a', 1, 'before', added(firings, 'before', 'slow')).state = 'pending';
      firings.called('a', 1, 'during', added(firings, 'during', 'next'));
    };
    expect(violations(life, ['slow'])).toEqual(['C10']);
    expect(violations(life)).toEqual([]); // The reactor has gone on without it: its report must say so.
  });

  test('C16: a trigger that is called after it was taken out', () => {
    const seen = violations((firings) => {
      const registration = added(firings, 'before', 'gone');
      firings.take(registration);
      firings.called('a', 1, 'before', registration);
    });
    expect(seen).toContain('C16, C19');
  });

  test('C37, C40: calls out of their order, or early', () => {
    const seen = violations((_, journal) => {
      const calls = new CallsModel(journal);
      const handle = (time: number) => ({ time, active: true }) as Parameters<CallsModel['set']>[1]; // all that it reads
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

  test('C52: a service that starts before what it needs, and one that is stopped and had not started', () => {
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
