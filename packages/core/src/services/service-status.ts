import { whenSettled } from '../ground/thenable.ts';
import { messageOf } from '../ground/describe-thrown.ts';
import { printable } from '../ground/printable.ts';
import type { Service } from './service.ts';

/** What a service says about itself, as a text whatever it returns. A `status` that throws gives the message of its error. */
export function statusOf(service: Service): string | undefined {
  try {
    const status: unknown = service.status?.();
    if (whenSettled(status, ignore, ignore) !== undefined) return 'status failed: it returned a promise';
    return status === undefined || typeof status === 'string' ? status : printable(status);
  } catch (error) {
    return `status failed: ${messageOf(error)}`;
  }
}

function ignore(): void {
  // Nobody waits for it.
}
