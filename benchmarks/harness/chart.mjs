/** Draws the chart of the topic `scale` as an SVG: small panels side by side, both axes logarithmic, for light and dark backgrounds. */
import { label } from './words.mjs';

const PANEL = { width: 200, height: 210, gap: 32 };
const MARGIN = { left: 62, top: 82, right: 24, bottom: 38 };
const LINES = ['Triphase', 'Node'];

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const round = (value) => Math.round(value * 10) / 10;

/** `kinds`: `[{ kind, sizes, series: { Triphase: [ns, …], Node: [ns, …] } }]`. */
export function drawChart(kinds) {
  const values = kinds.flatMap(({ series }) => LINES.flatMap((who) => series[who]));
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const width = MARGIN.left + kinds.length * (PANEL.width + PANEL.gap) - PANEL.gap + MARGIN.right;
  const height = MARGIN.top + PANEL.height + MARGIN.bottom;
  const y = (value) => MARGIN.top + PANEL.height * (1 - (Math.log10(value) - low) / (high - low));
  const powers = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  const panels = kinds.map((kind, index) =>
    drawPanel(kind, MARGIN.left + index * (PANEL.width + PANEL.gap), y, powers),
  );
  const axis = powers.map(
    (power) =>
      `<text class="tick" x="${MARGIN.left - 8}" y="${round(y(power) + 4)}" text-anchor="end">${nanoseconds(power)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Cost of one operation, from 1e3 to 1e6 of its kind, of Triphase and of Node">
<style>
  text { font: 12px system-ui, sans-serif; fill: #333; }
  .title { font-size: 15px; font-weight: 600; }
  .kind { font-weight: 600; }
  .tick { font-size: 11px; fill: #666; }
  .grid { stroke: #8885; }
  .paper { fill: #fff; }
  .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
  .Node .line { stroke-dasharray: 7 5; }
  .Triphase { stroke: #1d7a8c; color: #1d7a8c; }
  .Node { stroke: #c2571a; color: #c2571a; }
  circle { fill: currentColor; }
  g text { stroke: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd; }
    .tick { fill: #aaa; }
    .paper { fill: #16181c; }
    .Triphase { stroke: #4fc3d9; color: #4fc3d9; }
    .Node { stroke: #f0945a; color: #f0945a; }
  }
</style>
<rect class="paper" width="${width}" height="${height}" rx="8"/>
<text class="title" x="${MARGIN.left}" y="28">Cost of one operation, while there are from 1e3 to 1e6 of its kind</text>
${drawLegend(width - MARGIN.right - 190)}
${axis.join('\n')}
${panels.join('\n')}
</svg>
`;
}

function drawLegend(x) {
  return LINES.map(
    (who, index) =>
      `<g class="${who}"><path class="line" d="M${x + index * 105} 24h26"/><circle cx="${x + 13 + index * 105}" cy="24" r="3.5"/><text x="${x + 33 + index * 105}" y="28">${who}</text></g>`,
  ).join('\n');
}

function drawPanel({ kind, sizes, series }, left, y, powers) {
  const first = Math.log10(sizes[0]);
  const span = Math.log10(sizes.at(-1)) - first;
  const x = (size) => left + 10 + ((PANEL.width - 20) * (Math.log10(size) - first)) / span;
  const bottom = MARGIN.top + PANEL.height;
  const lines = LINES.map((who) => {
    const values = series[who];
    const points = values.map((value, index) => [round(x(sizes[index])), round(y(value))]);
    const dots = points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5"/>`).join('');
    return `<g class="${who}"><path class="line" d="M${points.map((point) => point.join(' ')).join('L')}"/>${dots}</g>`;
  });
  return `<g>
<text class="kind" x="${left}" y="${MARGIN.top - 16}">${escape(kind)}</text>
${powers.map((power) => `<path class="grid" d="M${left} ${round(y(power))}h${PANEL.width}"/>`).join('')}
${sizes.map((size) => `<text class="tick" x="${round(x(size))}" y="${bottom + 20}" text-anchor="middle">${label(size)}</text>`).join('')}
${lines.toReversed().join('\n')}
</g>`;
}

const nanoseconds = (value) =>
  value >= 1e6 ? `${value / 1e6} ms` : value >= 1e3 ? `${value / 1e3} µs` : `${value} ns`;
