/**
 * A lower bound for the cost of a timed call with an exact clock, for the topics `timers` and `scale`. It reads the clock and links an object of
 * six fields into a ring. It checks nothing and never fires.
 */
const noop = () => undefined;

export function bareRing() {
  const head = { time: Infinity, order: 0, fn: noop, before: undefined, after: undefined, owner: undefined };
  head.before = head.after = head;
  let order = 1;
  return {
    add(ms, fn) {
      const { before } = head;
      const call = { time: performance.now() + ms, order: order++, fn, before, after: head, owner: head };
      before.after = head.before = call;
      return call;
    },
    cancel(call) {
      call.before.after = call.after;
      call.after.before = call.before;
      call.before = call.after = call.fn = undefined;
    },
  };
}
