/** Timers of Node, with the same functions as ours: the peer of the topic `timers`. */
export const NODE = 'Node setTimeout';

export const node = {
  add: (ms, fn) => setTimeout(fn, ms),
  cancel: (timer) => clearTimeout(timer),
  refresh: (timer) => timer.refresh(),
};
