/** The element for this selector. Throws if the page doesn't have it. */
export function element<T extends Element>(
  selector: string,
  kind: abstract new () => T,
  within: ParentNode = document,
): T {
  const found = within.querySelector(selector);
  if (found instanceof kind) return found;
  throw new TypeError(`${selector} is not the ${kind.name} that this page needs`);
}
