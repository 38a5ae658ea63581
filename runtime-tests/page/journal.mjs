const EVENTS = ['hidden', 'visible', 'suspend', 'resume', 'shutdown'];

/** The lines of a journal for the three phases of an event; `suffix` is added to each, such as ` terminal kept`. */
export const phases = (event, suffix = '') =>
  ['before', 'during', 'after'].map((phase) => `${event} ${phase}${suffix}`);

/** Records the events that the reactor of a page fires. */
export class Journal {
  lines = [];
  #checks = [];

  /** Adds a line for each phase of each event: `suspend before terminal kept`. */
  constructor(reactor) {
    const write = ({ event, phase, detail, terminal }) => {
      this.write(`${event} ${phase}${terminal ? ' terminal' : ''}${detail.persisted ? ' kept' : ''}`);
    };
    for (const event of EVENTS) reactor.on(event, { before: write, during: write, after: write });
  }

  write(line) {
    this.lines.push(line);
    for (const check of [...this.#checks]) check();
  }

  /** Resolves with all lines so far, as soon as one begins with `start`. */
  has(start) {
    return new Promise((resolve) => {
      const check = () => {
        if (this.lines.some((line) => line.startsWith(start))) resolve([...this.lines]);
      };
      this.#checks.push(check);
      check();
    });
  }
}
