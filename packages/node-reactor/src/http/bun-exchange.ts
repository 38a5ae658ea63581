import type { Answer } from '@triphase/core/serving';
import { Http1Exchange } from './exchange.ts';
import { sayClose } from './say-close.ts';

const CUT: Answer = { status: 503, body: 'stopping\n' };

/** A request of Bun's `node:http`, whose answers have no head in the field `_header`: `getHeader` has it (D5). */
export class BunExchange extends Http1Exchange {
  override get isEventStream(): boolean {
    const { response } = this;
    return response.headersSent && String(response.getHeader('content-type')).startsWith('text/event-stream');
  }

  /** One that is cut gets 503: Bun would send the head of an answer of 200 when its connection is destroyed. */
  override abort(reason?: unknown): void {
    if (reason !== undefined && !this.isOver && !this.response.headersSent) this.answer(CUT);
    super.abort(reason);
  }

  /** Said at once: a header that is added while the head is written comes too late for Bun, which resets some connections then. */
  override closeAfterwards(): void {
    const { response, connection } = this;
    if (response.headersSent) return; // the next answer says it, or FIN comes after the grace
    response.setHeader('Connection', 'close');
    connection.isClosing = true;
    connection.closesByItself = true;
    const writeHead = response.writeHead as (...args: unknown[]) => typeof response; // as: it has several forms
    const writeClosingHead = (...args: unknown[]): typeof response => {
      sayClose(response, args);
      return writeHead.apply(response, args);
    };
    response.writeHead = writeClosingHead;
  }
}
