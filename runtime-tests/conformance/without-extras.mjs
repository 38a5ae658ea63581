/** Removes the globals that core must not use, because some host does not have them (D10). Import it first. */
const { AbortSignal, Array, Error, Iterator, Map, Object, Promise, Set } = globalThis;

const extras = [
  [
    globalThis,
    ...[
      'setImmediate',
      'clearImmediate',
      'reportError',
      'process',
      'navigator',
      'scheduler',
      'MessageChannel',
      'Iterator',
    ],
    ...['DisposableStack', 'AsyncDisposableStack', 'SuppressedError', 'Temporal', 'EventSource', 'localStorage'],
  ],
  [AbortSignal, 'timeout', 'any'],
  [Promise, 'withResolvers', 'try'],
  [Array, 'fromAsync'],
  [Object, 'groupBy'],
  [Map, 'groupBy'],
  [Error, 'isError'],
  [Set.prototype, 'union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isDisjointFrom'],
  [Iterator?.prototype ?? {}, 'map', 'filter', 'take', 'drop', 'flatMap', 'reduce', 'toArray', 'forEach', 'some'],
  [Iterator?.prototype ?? {}, 'every', 'find'],
];
for (const [holder, ...names] of extras) {
  for (const name of names) {
    if (!Reflect.deleteProperty(holder, name)) throw new Error(`${name} can't be removed`);
  }
}
