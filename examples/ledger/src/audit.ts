import { letOthersRun } from './database.ts';
import type { EntryStore } from './entry-store.ts';
import type { IdRanges } from './id-ranges.ts';

/** Of the entries that were acknowledged: how many were looked up, and how many of those are stored. */
export interface Audit {
  readonly acknowledged: number;
  readonly checked: number;
  readonly stored: number;
}

const IDS_A_QUERY = 10_000;

/** Looks every acknowledged entry up in the database. Ends early, with `checked` below `acknowledged`, when `signal` aborts. */
export async function audit(
  store: EntryStore,
  acknowledged: IdRanges,
  signal: { readonly aborted: boolean },
): Promise<Audit> {
  let checked = 0;
  let stored = 0;
  for (const range of acknowledged.pieces(IDS_A_QUERY)) {
    if (signal.aborted) break;
    stored += await store.count(range);
    checked += range.last - range.first + 1;
    await letOthersRun();
  }
  return { acknowledged: acknowledged.size, checked, stored };
}
