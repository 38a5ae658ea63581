import { element } from './element.ts';

/** Calls back with the value of a radio button when it is selected. */
export function onChoice(fieldset: string, callback: (value: string) => void): void {
  const group = element(fieldset, HTMLFieldSetElement);
  group.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement) callback(target.value);
  });
}

/** Selects a radio button, without a call of `onChoice`. After a reload some browsers restore the old selection; this replaces it. */
export function choose(fieldset: string, value: string): void {
  element(`${fieldset} [value="${value}"]`, HTMLInputElement).checked = true;
}
