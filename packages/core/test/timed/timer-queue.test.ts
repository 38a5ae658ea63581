import { expect, test } from '@jest/globals';
import { ReactorStoppedError } from '../../src/ground/errors.ts';
import { Slice } from '../../src/turn/slice.ts';
import { TimerQueue } from '../../src/timed/timer-queue.ts';
import { HandClock } from '../hand-clock.ts';

const nothing = (): void => {};

test.each([
  { ms: -1, error: RangeError, message: 'got -1.' },
  { ms: -0.001, error: RangeError, message: 'got -0.001.' },
  { ms: NaN, error: RangeError, message: 'got NaN.' },
  { ms: -Infinity, error: RangeError, message: 'got -Infinity.' },
  { ms: '5', error: TypeError, message: "got the string '5'." },
  { ms: undefined, error: TypeError, message: 'got undefined.' },
  { ms: null, error: TypeError, message: 'got null.' },
  { ms: 5n, error: TypeError, message: "got the bigint '5'." },
])('C39: the delay $ms is refused, and nothing is scheduled', ({ ms, error, message }) => {
  const { timers } = new HandClock();
  expect(() => timers.add(ms as never, nothing)).toThrow(error); // as: what callers without types pass
  expect(() => timers.add(ms as never, nothing)).toThrow(message);
  expect([timers.size, timers.nextDeadline()]).toEqual([0, Infinity]);
});

test('C39: a function that is none is refused, and nothing is scheduled', () => {
  const { timers } = new HandClock();
  expect(() => timers.add(1, 'code' as never)).toThrow(
    new TypeError('The function of a timed call is string: pass a function'),
  );
  expect([timers.size, timers.nextDeadline()]).toEqual([0, Infinity]);
});

test('C39: a call that is never due counts and is listed, and needs no wakeup', () => {
  let now = 0;
  let told = 0;
  const queue = new TimerQueue(
    () => now,
    () => told++,
  );
  const [never, again] = [queue.add(Infinity, nothing), queue.add(Infinity, nothing)];
  expect([queue.size, queue.nextDeadline(), told]).toEqual([2, Infinity, 0]);
  const soon = queue.add(1e300, nothing);
  expect([queue.list(), queue.nextDeadline(), told]).toEqual([[soon, never, again], 1e300, 1]);
  now = Number.MAX_VALUE;
  soon.reset(Infinity);
  expect([queue.list(), queue.nextDeadline(), queue.hasDue(now, Infinity)]).toEqual([
    [never, again, soon],
    Infinity,
    false,
  ]);
  again.reset(5);
  expect(queue.nextDeadline()).toBe(now + 5);
});

test('C2: the queue tells of a call that is due earlier than all before, and of no other', () => {
  let told = 0;
  const queue = new TimerQueue(
    () => 0,
    () => told++,
  );
  const first = queue.add(50, nothing);
  queue.add(50, nothing);
  queue.add(60, nothing);
  expect(told).toBe(1);
  queue.add(40, nothing);
  first.reset(30);
  first.delay(-1);
  expect(told).toBe(4);
  first.cancel();
  queue.add(35, nothing);
  expect([told, queue.nextDeadline()]).toEqual([4, 35]); // the host wakes at 29 anyway
  queue.add(34, nothing);
  expect(told).toBe(5);
});

test('C35: a turn that is cut leaves the rest in order, and calls that were made meanwhile come after it', () => {
  const queue = new TimerQueue(() => 0, nothing);
  const slice = new Slice(() => 0, Infinity, 3);
  const ran: string[] = [];
  const turn = (): void => {
    slice.begin(0);
    queue.runDue(0, slice, (fn) => fn());
  };
  for (const name of ['a', 'b', 'c', 'd']) {
    queue.add(0, () => {
      ran.push(name);
      queue.add(0, () => ran.push(`${name}'`));
    });
  }
  turn();
  expect([ran.join(' '), queue.hasDue(0, queue.order)]).toEqual(['a b c', true]);
  turn();
  expect(ran.join(' ')).toBe("a b c d a' b'");
  turn();
  expect([ran.join(' '), queue.hasDue(0, queue.order)]).toEqual(["a b c d a' b' c' d'", false]);
});

test('C34: hasDue() finds an older call that is due, though a newer one comes first', () => {
  let now = 0;
  const queue = new TimerQueue(() => now, nothing);
  const old = queue.add(10, nothing);
  queue.add(10, nothing).cancel();
  const mark = queue.order;
  queue.add(5, nothing);
  now = 20;
  expect([queue.hasDue(20, mark), queue.hasDue(9, mark), queue.hasDue(20, 1)]).toEqual([true, false, false]);
  now = 0;
  old.reset(15);
  expect([queue.hasDue(20, mark), queue.hasDue(20, queue.order), queue.hasDue(20, queue.order - 1)]).toEqual([
    false,
    true,
    true,
  ]);
});

test('C40: calls that delay() moves earlier by the same time run in the order of their deadlines', () => {
  const clock = new HandClock();
  const ran: number[] = [];
  const calls = [90, 80, 70, 60, 50].map((ms) => clock.callLater(ms, () => ran.push(ms)));
  for (let i = 0; i < 5; i++) clock.callLater(40, nothing);
  const listed = [90, 80, 70].map((ms) => {
    clock.callLater(ms, nothing).cancel();
    return clock.callLater(ms, () => ran.push(ms + 0.5));
  });
  for (const call of [...calls, ...listed]) call.delay(-30);
  clock.advance(100);
  expect(ran).toEqual([50, 60, 70, 70.5, 80, 80.5, 90, 90.5]);
});

test('C39: delays longer than the timers of hosts are kept exactly', () => {
  const clock = new HandClock(0.25);
  const ran: number[] = [];
  clock.callLater(2 ** 31 + 5.5, () => ran.push(clock.now()));
  clock.advance(2 ** 31 + 5.25);
  expect(ran).toEqual([]);
  clock.advance(1);
  expect(ran).toEqual([2 ** 31 + 5.75]);
});

test('C30: drop() cancels the calls that have an onDrop, in order, and passes on the errors of onDrop', () => {
  const clock = new HandClock();
  const dropped: unknown[] = [];
  const options = (name: string): { name: string; onDrop: (error: ReactorStoppedError) => void } => ({
    name,
    onDrop: (error) => {
      dropped.push(name, error);
    },
  });
  const kept = clock.callLater(1, nothing);
  const last = clock.callLater(Infinity, nothing, options('last'));
  clock.callLater(5, nothing, options('second'));
  const failing = clock.callLater(2, nothing, {
    onDrop: () => {
      victim.cancel();
      throw 'broken';
    },
  });
  const victim = clock.callLater(3, nothing, options('cancelled by the one before'));
  const error = clock.end();
  expect(dropped).toEqual(['second', error, 'last', error]);
  expect(error).toBeInstanceOf(ReactorStoppedError);
  expect(clock.errors).toEqual([{ name: 'onDrop', error: 'broken' }]);
  expect([clock.timers.list(), last.active, failing.active]).toEqual([[kept], false, false]);
  clock.advance(10);
  expect([dropped.length, kept.active]).toEqual([4, false]);
});

test('C42: a call that runs later in this turn is listed still', () => {
  const clock = new HandClock();
  let listed: unknown;
  clock.callLater(1, () => {
    listed = clock.timers.list();
  });
  const second = clock.callLater(1, nothing);
  const third = clock.callLater(9, nothing);
  clock.jump(1);
  expect(listed).toEqual([second, third]);
});

test('C40: a call that is added after a cancel may come before all others', () => {
  const clock = new HandClock();
  const ran: string[] = [];
  clock.callLater(10, () => ran.push('ten'));
  clock.callLater(20, () => ran.push('twenty'));
  clock.callLater(30, nothing).cancel();
  clock.callLater(5, () => ran.push('five'));
  clock.jump(5);
  expect(ran).toEqual(['five']);
  clock.jump(15);
  expect(ran).toEqual(['five', 'ten', 'twenty']);
});

test('C40: a call that is reset to sooner after the first one was cancelled becomes the first', () => {
  const clock = new HandClock();
  const ran: string[] = [];
  const first = clock.callLater(10, nothing);
  clock.callLater(20, () => ran.push('twenty'));
  const last = clock.callLater(30, () => ran.push('reset'));
  first.cancel();
  last.reset(5);
  clock.jump(5);
  expect(ran).toEqual(['reset']);
  clock.jump(15);
  expect(ran).toEqual(['reset', 'twenty']);
});
