import { formatReport } from '@triphase/core';
import type { Kit } from '../kit.ts';
import { rejects, throws } from '../trigger-results.ts';

/** The report of a firing as a string: C15. */
export function reportTexts(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C15',
    'formatReport() draws a timeline of at most 80 columns, without colour, with the names of failed triggers',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      const long = 'a-name-that-is-longer-than-any-line-should-be '.repeat(4).trim();
      reactor.addSystemEventTrigger('before', 'reload', () => 1, { name: long });
      reactor.addSystemEventTrigger('during', 'reload', rejects(new Error(`${long}\n${long}`)), {
        name: 'applyConfig',
      });
      for (const timings of [false, true]) {
        const text = formatReport(await reactor.fire('reload', undefined, { timings }));
        expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
        expect(text.includes('\u001b')).toBe(false);
        expect(text.includes('reload')).toBe(true);
        reactor.addSystemEventTrigger('before', 'reload', () => 1, { name: long });
        reactor.addSystemEventTrigger('during', 'reload', rejects(new Error(`${long}\n${long}`)), {
          name: 'applyConfig',
        });
      }
      const text = formatReport(await reactor.fire('reload', undefined, { timings: true }));
      for (const word of ['before', 'during', 'applyConfig', 'failed']) expect(text.includes(word)).toBe(true);
    },
  );

  kit.it('C15', 'a report as a string is one line, whatever errors it has', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.on('reload', {
      before: () => 1,
      during: rejects(new Error('disk full\n'.repeat(1_000))),
      after: throws('x'),
    });
    const text = String(await reactor.fire('reload'));
    expect(text.replace(/\d+\.\d/, 'n')).toBe('reload: n ms, 3 triggers, 2 errors');
    expect(String(await reactor.fire('a\nb')).replace(/\d+\.\d/, 'n')).toBe('a\\nb: n ms, 0 triggers');
  });

  kit.it(
    'C15',
    'names and messages with line breaks add no line to a report, and CJK names keep its columns aligned',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      const forged = '名前\n  error: forged\r\u001b[2J';
      reactor.on('reload', rejects(new Error(forged)), { name: forged });
      reactor.on('reload', () => undefined, { name: 'plain' });
      const lines = formatReport(await reactor.fire('reload', undefined, { timings: true })).split('\n');
      expect(lines.filter((line) => line.startsWith('  error: ')).length).toBe(1);
      expect(/[\r\u001b]/.test(lines.join())).toBe(false);
      const bars = lines.filter((line) => line.includes('|'));
      expect(bars.map((line) => line.replace('名前', '....').indexOf('|'))).toEqual([41, 41]);
    },
  );
}
