import { yieldToLoop } from './database.ts';
import type { EntryStore } from './entry-store.ts';
import type { IdRanges } from './id-ranges.ts';

/** The result of a check of the acknowledged entries. */
export interface Audit {
  /** Number of entries that were acknowledged. */
  readonly acknowledged: number;
  /** Number of these that were looked up. */
  readonly checked: number;
  /** Number of the checked entries that are in the database. */
  readonly stored: number;
}

const IDS_PER_QUERY = 10_000;

/** Looks up every acknowledged entry in the database. Ends early, with `checked` below `acknowledged`, when `signal` aborts. */
export async function audit(
  store: EntryStore,
  acknowledged: IdRanges,
  signal: { readonly aborted: boolean },
): Promise<Audit> {
  let checked = 0;
  let stored = 0;
  for (const range of acknowledged.pieces(IDS_PER_QUERY)) {
    if (signal.aborted) break;
    stored += await store.count(range);
    checked += range.last - range.first + 1;
    await yieldToLoop();
  }
  return { acknowledged: acknowledged.size, checked, stored };
}
