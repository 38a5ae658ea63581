interface Writer {
  write(...args: unknown[]): unknown;
  end(...args: unknown[]): unknown;
}

/** What is written from now on is dropped, without an error: the program cannot know that the answer has ended. */
export function dropWrites(stream: object): void {
  const writer = stream as Writer; // as: an answer, a stream or a socket
  const drop = (args: unknown[]): void => {
    const callback = args.find((argument) => typeof argument === 'function') as (() => void) | undefined; // as: Node's callbacks
    if (callback !== undefined) process.nextTick(callback);
  };
  const write = (...args: unknown[]): boolean => {
    drop(args);
    return true;
  };
  const end = (...args: unknown[]): Writer => {
    drop(args);
    return writer;
  };
  Object.assign(writer, { write, end });
}
