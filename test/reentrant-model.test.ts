import { describe, expect, test } from '@jest/globals';
import { ReactorStoppedError, type FiringReport, type RunResult } from '@triphase/core';
import { Journal } from '../soak/journal.ts';
import { Random } from '../soak/random.ts';
import { ReentrantLife } from '../soak/reentrant-life.ts';
import { ReentrantModel, type Registered } from '../soak/reentrant-model.ts';
import { ExpectedErrors } from '../soak/expected-errors.ts';

const registered = (name: string, every = false): Registered => ({ name, every, isRemoved: false, calls: 0 });

// as: these are what the model reads of them.
const report = (event: string, before: number, during = 0): FiringReport =>
  ({ event, counts: { before, during, after: 0 }, abandoned: [], errors: [] }) as unknown as FiringReport;

const result = (): RunResult =>
  ({ startup: report('startup', 0), shutdown: undefined, reason: { kind: 'crash' } }) as unknown as RunResult;

/** The statements that the model reports as broken. */
async function violations(live: (model: ReentrantModel) => void | Promise<void>): Promise<string[]> {
  const journal = new Journal();
  await live(new ReentrantModel(journal));
  return journal.violations.map(({ message }) => message.split(':', 1)[0] ?? '');
}

describe('the model of the re-entrant lives finds', () => {
  test('C9: a trigger of a phase that was over', async () => {
    const seen = await violations((model) => {
      model.called(1, 'a', 'during', registered('one'));
      model.called(1, 'a', 'before', registered('other'));
    });
    expect(seen).toEqual(['C9']);
  });

  test('C10: a trigger that is called after the report, and a phase that ended while a trigger was pending', async () => {
    const late = await violations((model) => {
      model.called(1, 'a', 'before', registered('one'));
      model.reported(1, report('a', 1));
      model.called(1, 'a', 'during', registered('other'));
    });
    expect(late).toEqual(['C10']);
    const tooEarly = await violations((model) => {
      model.called(1, 'shutdown', 'before', registered('slow')).pends = true;
      model.called(1, 'shutdown', 'during', registered('next'));
      model.reported(1, report('shutdown', 1, 1));
    });
    expect(tooEarly).toEqual(['C10']);
  });

  test('C15: calls that the report does not count, and a report that never comes', async () => {
    const uncounted = await violations((model) => {
      model.called(1, 'a', 'before', registered('one'));
      model.reported(1, report('a', 0));
    });
    expect(uncounted).toEqual(['C15']);
    const silent = await violations((model) => {
      model.fired('a', 1, new Promise(() => undefined), 0);
      model.checkEnd();
    });
    expect(silent).toEqual(['C15']);
  });

  test('C16, C19: a trigger that is called twice, or after it was removed', async () => {
    const twice = await violations((model) => {
      const one = registered('one');
      model.called(1, 'a', 'before', one);
      model.called(2, 'a', 'before', one);
    });
    expect(twice).toEqual(['C16']);
    const kept = registered('kept', true);
    expect(
      await violations((model) => {
        model.called(1, 'a', 'before', kept);
        model.called(2, 'a', 'before', kept);
      }),
    ).toEqual([]);
    const removed = await violations((model) => {
      model.called(1, 'a', 'before', { ...registered('one'), isRemoved: true });
    });
    expect(removed).toEqual(['C19']);
  });

  test('C24: a run that does not settle', async () => {
    const life =
      (settles: boolean) =>
      (model: ReentrantModel): void => {
        const run = model.runBegins();
        if (settles) model.runEnded(run, result());
        model.checkEnd();
      };
    expect(await violations(life(false))).toEqual(['C24']);
    expect(await violations(life(true))).toEqual([]);
  });

  test('C30, C31: a firing that is open when its run is over', async () => {
    const life =
      (settles: boolean, run: number) =>
      async (model: ReentrantModel): Promise<void> => {
        const over = model.runBegins();
        model.fired('a', 1, settles ? Promise.resolve(report('a', 0)) : new Promise(() => undefined), run);
        model.runEnded(over, result());
        await Promise.resolve();
        model.checkAfter(over);
      };
    expect(await violations(life(false, 1))).toEqual(['C30, C31']);
    expect(await violations(life(false, 0))).toEqual([]); // of no run
    expect(await violations(life(true, 1))).toEqual([]);
  });

  test('C14, C36, C48: an error that is reported twice or not at all, and one that nobody threw', () => {
    const seen = (live: (errors: ExpectedErrors) => void): string[] => {
      const journal = new Journal();
      const errors = new ExpectedErrors(journal);
      live(errors);
      errors.checkEnd();
      return journal.violations.map(({ message }) => message.split(':', 1)[0] ?? '');
    };
    expect(seen((errors) => void errors.next())).toEqual(['C14, C36, C48']);
    expect(seen((errors) => void errors.next(() => true))).toEqual([]);
    expect(
      seen((errors) => {
        const error = errors.next();
        errors.heard(error);
        errors.printed(`Error in trigger "x":\n${String(error)}`);
      }),
    ).toEqual(['C14, C36, C48']);
    expect(
      seen((errors) => {
        errors.heard(new ReactorStoppedError('the run is over'));
        errors.heard(new TypeError('x is not a function'));
      }),
    ).toEqual(['C48']);
  });
});

test('the same seed gives the same re-entrant life', async () => {
  const lived = async (): Promise<string> => {
    const life = new ReentrantLife(new Random(3), new Map());
    await life.live();
    return life.journal.tail(500);
  };
  const first = await lived();
  expect(first.split('\n').length).toBeGreaterThan(10);
  expect(await lived()).toBe(first);
});
