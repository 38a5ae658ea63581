import type { BrowserReactorOptions } from '@triphase/browser-reactor';

/** What becomes of queued and timed calls while nobody sees the page. */
export type Policy = NonNullable<BrowserReactorOptions['whenHidden']>;

const EFFECTS: Readonly<Record<Policy, string>> = {
  throttle: 'one slice of calls a second',
  run: 'calls go on at full speed',
  pause: 'calls wait until you are back',
};

const PARAMETER = 'whenHidden';

/** The policy that the address names, so that a page that is loaded again keeps its own. */
export function policyOfAddress(): Policy {
  const named = new URLSearchParams(location.search).get(PARAMETER) ?? '';
  return isPolicy(named) ? named : 'throttle';
}

/** What it does, in words; the address names it from now on. */
export function settle(policy: Policy): string {
  history.replaceState(null, '', `?${PARAMETER}=${policy}`);
  return EFFECTS[policy];
}

export const isPolicy = (word: string): word is Policy => Object.hasOwn(EFFECTS, word);
