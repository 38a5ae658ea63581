/**
 * Measures one topic. main.mjs starts it in a process of its own, with a clean heap and without type feedback of other topics, and receives each
 * group of figures as a message.
 *
 * A file in topics/ exports its `title`, and `groups(scale)`, which returns the groups. A group is one table of the page: `{ title, note, unit,
 * baseline, settings, cases, claims }`. measure.mjs describes cases and claims, and `settings` replaces values of the scale. Instead of measuring
 * `cases`, a group may have `collect(settings)`, which resolves with the figures.
 */
import { judge, measure, scales } from './harness/measure.mjs';

const [name, scale] = process.argv.slice(2);
const scaled = scales[scale];
const topic = await import(`./topics/${name}.mjs`);
for (const { cases, collect, settings, claims = [], ...group } of await topic.groups(scaled)) {
  const how = { ...scaled, ...settings };
  const figures = collect === undefined ? await measure(cases, how) : await collect(how);
  const message = { ...group, topic: topic.title, figures, rows: claims.map((claim) => judge(claim, figures)) };
  await new Promise((resolve, reject) => process.send(message, (error) => (error ? reject(error) : resolve())));
}
// The reactors still run.
process.exit();
