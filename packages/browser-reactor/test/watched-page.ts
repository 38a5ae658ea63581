import type { BrowserReactor, Frame } from '@triphase/browser-reactor';
import { fakePage, running, type Page } from './page.ts';

/** A page with a frame callback: `frames` gets its arguments. */
export async function watched(): Promise<{ page: Page; reactor: BrowserReactor; frames: Frame[] }> {
  const page = fakePage();
  const reactor = await running(page);
  const frames: Frame[] = [];
  reactor.onFrame((frame) => frames.push(frame), { name: 'seen' });
  return { page, reactor, frames };
}
