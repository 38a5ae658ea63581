/** Throws `RangeError` for an option that is none of its words. */
export function checkOneOf(option: string, word: string, words: readonly string[]): void {
  if (!words.includes(word)) throw new RangeError(`${option} is ${word}: give one of ${words.join(', ')}`);
}
