import type { BrowserReactorOptions } from '@triphase/browser-reactor';

/** What happens to queued and timed calls while the page is hidden. */
export type Policy = NonNullable<BrowserReactorOptions['whenHidden']>;

const EFFECTS: Readonly<Record<Policy, string>> = {
  throttle: 'one slice of calls a second',
  run: 'calls go on at full speed',
  pause: 'calls wait until you are back',
};

const PARAMETER = 'whenHidden';

/** The policy in the address, so that a reload keeps it. */
export function policyOfAddress(): Policy {
  const named = new URLSearchParams(location.search).get(PARAMETER) ?? '';
  return isPolicy(named) ? named : 'throttle';
}

/** Puts the policy into the address, and returns its description. */
export function settle(policy: Policy): string {
  history.replaceState(null, '', `?${PARAMETER}=${policy}`);
  return EFFECTS[policy];
}

export const isPolicy = (word: string): word is Policy => Object.hasOwn(EFFECTS, word);
