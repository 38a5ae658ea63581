/** The `onDrop` functions that `sleep()` has made. By them a host can end the sleeps, and no other timed calls, before the run is over. */
export const sleepers: WeakSet<object> = new WeakSet();
