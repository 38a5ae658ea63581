import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { WorkerStderr } from '../../src/cluster/worker-stderr.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** The stderr of a process that has just ended. */
function ended(): {
  stream: PassThrough;
  stderr: WorkerStderr;
  isRead: () => boolean;
  pass: (ms: number) => Promise<void>;
} {
  const stream = new PassThrough();
  const stderr = new WorkerStderr(stream);
  let isRead = false;
  void stderr.untilRead().then(() => {
    isRead = true;
  });
  return {
    stream,
    stderr,
    isRead: () => isRead,
    pass: async (ms) => {
      jest.advanceTimersByTime(ms);
      await turn();
    },
  };
}

describe('the stderr of a worker that has ended', () => {
  it('H1: is read to its end, however slowly it comes', async () => {
    const { stream, stderr, isRead, pass } = ended();
    for (const line of ['one', 'two', 'three']) {
      await pass(400);
      stream.write(`${line}\n`);
      await turn();
    }
    expect(isRead()).toBe(false);
    stream.end('four\n');
    await turn();
    expect([isRead(), stderr.lines, jest.getTimerCount()]).toEqual([true, ['one', 'two', 'three', 'four'], 0]);
  });

  it('H1: counts as read when nothing has come for 500 ms: a child of the worker may hold it open', async () => {
    const { stream, isRead, pass } = ended();
    stream.write('one\n');
    await pass(499);
    expect(isRead()).toBe(false);
    await pass(1);
    expect([isRead(), jest.getTimerCount()]).toEqual([true, 0]);
  });

  it('H1: counts as read after 5 s: a child of the worker may write for ever', async () => {
    const { stream, isRead, pass } = ended();
    for (let n = 0; n < 49; n++) {
      await pass(100);
      stream.write('more\n');
      await turn();
    }
    expect(isRead()).toBe(false);
    await pass(100);
    expect([isRead(), jest.getTimerCount()]).toEqual([true, 0]);
  });
});
