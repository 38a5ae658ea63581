const BARS = ' ▁▂▃▄▅▆▇█';

/** Plots which version answered when. A version has a row, and each column stands for an equal part of the time. */
export class AnswersOverTime {
  readonly #answers: { readonly version: string; readonly at: number }[] = [];
  readonly #startedAt: number = performance.now();

  add(version: string): void {
    this.#answers.push({ version, at: performance.now() - this.#startedAt });
  }

  plot(columns = 60): string {
    const end = Math.max(...this.#answers.slice(-1).map(({ at }) => at), 1);
    const rows: Map<string, number[]> = new Map();
    for (const { version, at } of this.#answers) {
      const row = rows.get(version) ?? Array.from({ length: columns }, () => 0);
      rows.set(version, row);
      const column = Math.min(columns - 1, Math.floor((at / end) * columns));
      row[column] = (row[column] ?? 0) + 1;
    }
    const most = Math.max(...[...rows.values()].flat(), 1);
    const lines = [...rows].sort().map(([version, counts]) => {
      // Even one answer gets a bar that can be seen.
      const bars = counts.map((count) => BARS[count === 0 ? 0 : Math.max(1, Math.round((count / most) * 8))]);
      return `  ${version} |${bars.join('')}|`;
    });
    return [...lines, `      0 s${`${(end / 1_000).toFixed(1)} s`.padStart(columns - 2)}`].join('\n');
  }
}
