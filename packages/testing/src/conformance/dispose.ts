// WebKit has neither symbol; reactors use these there.
const symbols: { readonly dispose?: typeof Symbol.dispose; readonly asyncDispose?: typeof Symbol.asyncDispose } =
  Symbol;

const disposeSymbol: typeof Symbol.dispose = symbols.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);

const asyncDisposeSymbol: typeof Symbol.asyncDispose =
  symbols.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);

/** What `using` does at the end of its block. */
export function disposeOf(target: Disposable): void {
  target[disposeSymbol]();
}

/** What `await using` does at the end of its block. */
export async function asyncDisposeOf(target: {
  readonly [Symbol.asyncDispose]: () => PromiseLike<void>;
}): Promise<void> {
  await target[asyncDisposeSymbol]();
}
