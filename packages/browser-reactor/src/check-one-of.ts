/** Throws `RangeError` if `word` is not one of `words`; `option` is the name for the message. */
export function checkOneOf(option: string, word: string, words: readonly string[]): void {
  if (!words.includes(word)) throw new RangeError(`${option} is ${word}: give one of ${words.join(', ')}`);
}
