/**
 * The queue that a program writes by hand: an array, drained completely in one turn of the loop. The topics `calls` and `fairness` compare ours
 * with it.
 */
export function arrayQueue() {
  let queue = [];
  const drain = () => {
    const batch = queue;
    queue = [];
    for (const fn of batch) fn();
  };
  return (fn) => {
    if (queue.push(fn) === 1) setImmediate(drain);
  };
}
