const EVENTS = ['hidden', 'visible', 'suspend', 'resume', 'shutdown'];

/** Records the events that the reactor of a page fires. */
export class Journal {
  lines = [];
  #waiting = [];

  /** With a line for each phase of each event: `suspend before terminal kept`. */
  constructor(reactor) {
    const write = ({ event, phase, detail, terminal }) => {
      this.write(`${event} ${phase}${terminal ? ' terminal' : ''}${detail.persisted ? ' kept' : ''}`);
    };
    for (const event of EVENTS) reactor.on(event, { before: write, during: write, after: write });
  }

  write(line) {
    this.lines.push(line);
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves with all lines so far, once there is one that begins so. */
  has(start) {
    return new Promise((resolve) => {
      const look = () => {
        if (this.lines.some((line) => line.startsWith(start))) resolve([...this.lines]);
      };
      this.#waiting.push(look);
      look();
    });
  }
}
