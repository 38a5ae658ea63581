import { element } from './element.ts';

/** Calls back with the value of each radio button that is chosen from now on. */
export function onChoice(fieldset: string, change: (value: string) => void): void {
  const group = element(fieldset, HTMLFieldSetElement);
  group.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement) change(target.value);
  });
}

/** Chooses one, without telling anybody: some browsers restore what was chosen before a page was loaded again. */
export function choose(fieldset: string, value: string): void {
  element(`${fieldset} [value="${value}"]`, HTMLInputElement).checked = true;
}
