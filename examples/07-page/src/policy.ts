import type { BrowserReactorOptions } from '@triphase/browser-reactor';

/** What happens to queued and timed calls while the page is hidden. */
export type Policy = NonNullable<BrowserReactorOptions['whenHidden']>;

/** What each policy does, for the page. */
export const EFFECTS: Readonly<Record<Policy, string>> = {
  throttle: 'one slice of calls a second',
  run: 'calls go on at full speed',
  pause: 'calls wait until you come back',
};

const PARAMETER = 'whenHidden';

/** The policy that the address of the page names. Defaults to `throttle`. */
export function policyOfAddress(): Policy {
  const value = new URLSearchParams(location.search).get(PARAMETER) ?? '';
  return isPolicy(value) ? value : 'throttle';
}

/** Puts the policy into the address, so that a reload keeps it. */
export function storePolicy(policy: Policy): void {
  history.replaceState(null, '', `?${PARAMETER}=${policy}`);
}

export const isPolicy = (value: string): value is Policy => Object.hasOwn(EFFECTS, value);
