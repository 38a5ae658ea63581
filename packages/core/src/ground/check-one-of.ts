import { describeGiven } from './check-milliseconds.ts';

/** Throws `TypeError` unless `word` is one of `words`. `what` begins the message. */
export function checkOneOf(word: unknown, words: readonly string[], what: string): void {
  if (words.includes(word as string)) return; // as: it is only compared
  throw new TypeError(`${what} is ${describeGiven(word)}: give ${words.map((each) => `'${each}'`).join(' or ')}`);
}
