/// <reference lib="esnext.disposable" preserve="true" />
export { ManualPage, manualPage, type ManualPageOptions, type SentBeacon } from './manual-page.ts';
export type { PageState } from './page-time.ts';
