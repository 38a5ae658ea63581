/** The first element that matches `selector`. Throws if there is none, or if it is no `kind`. */
export function element<T extends Element>(
  selector: string,
  kind: abstract new () => T,
  within: ParentNode = document,
): T {
  const found = within.querySelector(selector);
  if (found instanceof kind) return found;
  throw new TypeError(`the page has no ${kind.name} for the selector ${selector}`);
}
