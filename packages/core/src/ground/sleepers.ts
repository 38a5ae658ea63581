/** The `onDrop` functions of `sleep()`: a host can end sleeps alone, before the run is over. */
export const sleepers: WeakSet<object> = new WeakSet();
