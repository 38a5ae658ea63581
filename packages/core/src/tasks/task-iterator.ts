import { whenSettled } from '../ground/thenable.ts';

/** Throws `TypeError` if `iterator` isn't a sync iterator. */
export function checkIterator(iterator: Iterator<unknown>): void {
  const {
    next,
    [Symbol.asyncIterator]: async,
    [Symbol.iterator]: sync,
  } = Object(iterator) as Partial<Iterator<unknown> & AsyncIterable<unknown> & Iterable<unknown>>; // as: each is checked
  if (async !== undefined && sync === undefined)
    throw new TypeError(
      'cooperate() got an async iterator: use function* instead of async function*, and yield the promises it awaits',
    );
  if (typeof next !== 'function')
    throw new TypeError(
      'cooperate() needs an iterator: call the generator function, or take the Symbol.iterator of an iterable',
    );
}

/** The result of one step. Throws for a promise, which a hand-written async iterator returns: it would never be `done`. */
export function resultOf(iterator: Iterator<unknown>): Partial<IteratorResult<unknown, unknown>> {
  const result: unknown = iterator.next();
  const settled = whenSettled(
    result,
    () => undefined,
    () => undefined,
  );
  if (typeof result !== 'object' || result === null || settled !== undefined)
    throw new TypeError(
      `next() of a task returned ${settled === undefined ? 'no object' : 'a promise'}: use a sync iterator`,
    );
  return result;
}
