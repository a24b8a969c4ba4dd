import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/protocol/ids';
import { draftedAt, draftNote, noteBlocks, noteSummary, MOST_TEXT, plain, shiftBegin } from './rules';
import type { ShiftFacts } from './schema';

const nothing: ShiftFacts = {
  from: '2026-11-26T06:00:00.000Z', to: '2026-11-26T14:05:00.000Z', waiting: { count: 0, first: [] }, decided: { by: [], count: 0, last: [] }, unseen: { count: 0, first: [] }, escalated: 0, orders: [], alerts: { count: 0, first: [] },
};
const full = (title: string, many = 15): ShiftFacts => ({
  ...nothing, escalated: 1,
  waiting: { count: 2_000, first: Array.from({ length: many }, () => ({ title, agent: title, risk: 'high', decideBy: nothing.to, escalated: true, signed: 1 })) },
  decided: { count: 40, by: [{ name: title, approved: 12, denied: 3 }], last: Array.from({ length: many }, () => ({ title, agent: title, verdict: 'deny' as const, by: title, reason: title })) },
  unseen: { count: many, first: Array.from({ length: many }, () => ({ title, agent: title, at: nothing.to })) },
  orders: [{ what: title, kind: 'pause', reason: title, since: nothing.from }], alerts: { count: 1, first: [{ title, severity: 'high', agent: title }] },
});

describe('the draft', () => {
  it('says what waits, who decided what, what nobody saw, what is stopped and alerted', () => {
    const note = draftNote(full('Send the list', 1));
    expect(note).toContain('# Shift from 26 Nov 06:00 to 26 Nov 14:05 UTC');
    expect(note).toContain('## Waiting: 2000, 1 escalated\n- Send the list (Send the list, high, to be decided by 26 Nov 14:05, 1 signed, escalated)\n- and 1999 more');
    expect(note).toContain('- Send the list: 12 approved, 3 denied\n- Denied: Send the list (Send the list), by Send the list: Send the list\n- and 39 more');
    expect(note).toContain('## Ran out unseen: 1\n- Send the list');
    expect(note).toContain('## Stopped or paused: 1\n- Send the list is paused since 26 Nov 06:00: Send the list');
    expect(draftNote(nothing)).toContain('## Waiting: 0\n\n## Decided: 0');
  });
  it('is never forged by what it names: no line of it is theirs, and nothing invisible stays so', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (title) => {
      const lines = draftNote(full(title, 2)).split('\n');
      // As many headings as there are without it, and no character that nobody sees.
      expect(lines.filter((line) => line.startsWith('#'))).toHaveLength(7);
      expect(lines.every((line) => line === '' || line.startsWith('#') || line.startsWith('- '))).toBe(true);
      expect(lines.some((line) => /\p{C}/u.test(line))).toBe(false);
    }), { numRuns: 60 });
    expect(plain('pay \u202Eecilla\u202C\n# All is well')).toBe('pay [U+202E]ecilla[U+202C] # All is well');
    expect(plain('ann\ufe0f\u00a0\u2800is')).toBe('ann[U+FE0F][U+00A0][U+2800]is');
  });
  it('fits into a note whatever it names, and keeps the end of what is long', () => {
    expect(draftNote(full('Send the list to ann@example.org')).match(/^- /gmu)!.length).toBeGreaterThan(40);
    for (const title of ['x'.repeat(10_000_000), '\u{1F600}'.repeat(50_000), '\u202E'.repeat(50_000), '\u{E0041}'.repeat(100_000)]) expect(draftNote(full(title)).length).toBeLessThanOrEqual(MOST_TEXT - 3_000);
    expect(plain(`Send it to ${'a'.repeat(300)}@evil.example`)).toMatch(/^Send it to a+ … a+@evil\.example$/);
  });
});

describe('a note', () => {
  it('is headings, items and text, and of Markdown and HTML nothing else', () => {
    expect(noteBlocks('# All\r\n- one\n* two\n- \n\n[a](javascript:alert(1)) <img src=x onerror=alert(1)>\n####### none')).toEqual([
      { kind: 'heading', text: 'All' }, { kind: 'item', text: 'one' }, { kind: 'item', text: 'two' }, { kind: 'text', text: '[a](javascript:alert(1)) <img src=x onerror=alert(1)>' }, { kind: 'text', text: '####### none' },
    ]);
    expect(noteSummary('# Shift\n\n- A quiet night.\n- b')).toBe('A quiet night.');
    expect(noteSummary('# Shift')).toBe('');
  });
  it('loses no word that a person wrote', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      const squeeze = (some: string) => some.replaceAll(/[\s#*-]/gu, '');
      expect(squeeze(noteBlocks(text).map((block) => block.text).join(''))).toBe(squeeze(text));
    }));
  });
});

it('a shift begins where the draft of the last note ended, not where its writing did: what happened meanwhile is in none', () => {
  const note = { from: '2026-11-26T06:00:00.000Z', to: '2026-11-26T14:20:00.000Z' };
  const idOf = (at: string) => { const hex = Date.parse(at).toString(16).padStart(12, '0'); return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-00000000face`; };
  expect(draftedAt({ ...note, id: idOf('2026-11-26T14:00:00.000Z') })).toEqual(new Date('2026-11-26T14:00:00.000Z'));
  expect(draftedAt({ ...note, id: idOf('2020-01-01T00:00:00.000Z') })).toEqual(new Date(note.from));
  expect(draftedAt({ ...note, id: 'ffffffff-ffff-4fff-8fff-ffffffffffff' })).toEqual(new Date(note.to));
  expect(Math.abs(draftedAt({ id: newId(), from: new Date(0).toISOString(), to: new Date(9e12).toISOString() }).getTime() - Date.now())).toBeLessThan(60_000);
});

it('a shift begins where the last note ended, within a day, and else eight hours ago', () => {
  const now = new Date('2026-11-26T14:00:00Z');
  expect(shiftBegin(new Date('2026-11-26T06:00:00Z'), now)).toEqual(new Date('2026-11-26T06:00:00Z'));
  for (const last of [null, new Date('2026-11-25T13:00:00Z'), new Date('2026-11-26T15:00:00Z')]) expect(shiftBegin(last, now)).toEqual(new Date('2026-11-26T06:00:00Z'));
});
