/** The element of the page that this selector names; the page is broken where it is not there. */
export function element<T extends Element>(
  selector: string,
  kind: abstract new () => T,
  within: ParentNode = document,
): T {
  const found = within.querySelector(selector);
  if (found instanceof kind) return found;
  throw new TypeError(`${selector} is not the ${kind.name} that this page needs`);
}
