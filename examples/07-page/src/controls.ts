import { element } from './element.ts';

/** Calls back with the value of a radio button when it is selected. */
export function onChoice(fieldset: string, change: (value: string) => void): void {
  const group = element(fieldset, HTMLFieldSetElement);
  group.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement) change(target.value);
  });
}

/** Selects a radio button without calling back: on a reload some browsers restore the old selection. */
export function choose(fieldset: string, value: string): void {
  element(`${fieldset} [value="${value}"]`, HTMLInputElement).checked = true;
}
