/** The cause of an error, whatever was thrown; `undefined` if it can't be read. */
export function causeOf(error: unknown): unknown {
  try {
    return (error as { readonly cause?: unknown } | null | undefined)?.cause; // as: any value can be thrown
  } catch {
    return undefined;
  }
}
