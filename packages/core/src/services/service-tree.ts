import { printable } from '../ground/printable.ts';
import type { ServiceNode } from './service-node.ts';
import { statusOf } from './service-status.ts';

/** At this indentation, 20 levels deep, the needs of a service are shown further below: a chain of services must not make long lines. */
const MAX_INDENT = 60;

/**
 * The services as a tree: those that nobody needs first, below each what it needs, with its state and status (C52). A service whose needs
 * are shown elsewhere ends with `…`.
 */
export function treeOf(nodes: readonly ServiceNode[]): string {
  const lines: string[] = [];
  const roots = nodes.filter(({ neededBy }) => neededBy.length === 0);
  const shown: Set<ServiceNode> = new Set();
  const show = (node: ServiceNode, lead: string, indent: string): void => {
    const { service, name, shownState: state, needs } = node;
    const status = statusOf(service);
    const isCut = needs.length > 0 && (shown.has(node) || indent.length >= MAX_INDENT);
    lines.push(
      `${lead}${printable(name)}: ${state}${status === undefined ? '' : ` (${printable(status)})`}${isCut ? ' …' : ''}`,
    );
    if (isCut) {
      roots.push(node);
      return;
    }
    shown.add(node);
    needs.forEach((need, index) => {
      const isLast = index === needs.length - 1;
      show(need, indent + (isLast ? '└─ ' : '├─ '), indent + (isLast ? '   ' : '│  '));
    });
  };
  for (const node of roots) if (!shown.has(node)) show(node, '', ''); // those that were cut too
  return lines.join('\n');
}
