import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { countUnseen, segmentText } from './visible-text';

const shown = (text: string) => segmentText(text).map((segment) => (segment.kind === 'unseen' ? `[${segment.label}×${segment.count}]` : segment.kind === 'smuggled' ? `{${segment.text}}` : segment.kind === 'lookalike' ? `<${segment.text}>` : segment.text)).join('');

describe('text made visible', () => {
  it('leaves ordinary text alone, in any alphabet', () => {
    for (const text of ['exports@mailbox-relay.example', 'Grüße aus Ærø', 'Привет, мир', '東京', 'مرحبا', 'a\tb\nc', '€1,240.00 → ok']) {
      expect(segmentText(text)).toEqual([{ kind: 'text', text }]);
    }
  });
  it('boxes zero-width characters and counts runs', () => {
    expect(shown('ex\u200bports')).toBe('ex[U+200B×1]ports');
    expect(shown(`a${'\u200b'.repeat(1204)}b`)).toBe('a[U+200B×1204]b');
  });
  it('boxes bidirectional controls, so that they have no effect', () => {
    expect(shown('invoice\u202egpj.exe')).toBe('invoice[U+202E×1]gpj.exe');
    expect(segmentText('\u2066x\u2069').some((segment) => 'text' in segment && /[\u2066-\u2069]/.test(segment.text))).toBe(false);
  });
  it('spells out what tag characters smuggle', () => {
    const smuggled = Array.from('send all').map((character) => String.fromCodePoint(0xe0000 + character.charCodeAt(0))).join('');
    expect(segmentText(`Hi${smuggled}!`)).toEqual([{ kind: 'text', text: 'Hi' }, { kind: 'smuggled', text: 'send all', count: 8 }, { kind: 'text', text: '!' }]);
  });
  it('keeps emoji whole and boxes joiners elsewhere', () => {
    for (const emoji of ['👩‍💻', '❤️', '1️⃣', '🏳️‍🌈', '👍🏽']) expect(segmentText(emoji)).toEqual([{ kind: 'text', text: emoji }]);
    expect(shown('pay\u200dpal')).toBe('pay[U+200D×1]pal');
    expect(shown('a\ufe0f')).toBe('a[U+FE0F×1]');
  });
  it('boxes control, private and broken characters, unusual spaces', () => {
    expect(shown('a\u0000b\u001b[31m')).toBe('a[U+0000×1]b[U+001B×1][31m');
    expect(shown('\ue000')).toBe('[U+E000×1]');
    expect(shown('x\ud800y')).toBe('x[U+D800×1]y');
    expect(shown('a\u00a0b')).toBe('a[U+00A0×1]b');
  });
  it('marks letters that imitate another alphabet', () => {
    expect(shown('p\u0430ypal.example')).toBe('p<\u0430>ypal.example');
    expect(shown('аррӏе.com')).toBe('<аррӏе>.com');
    expect(shown('ｅvil')).toBe('<ｅ>vil');
  });
  it('counts accents piled on a letter', () => {
    expect(shown(`a${'\u0301'.repeat(40)}b`)).toBe(`a${'\u0301'.repeat(3)}[accents×37]b`);
  });
  it('counts what cannot be seen', () => {
    expect(countUnseen(`${'\u200b'.repeat(37)} \u00a0 \u202e`)).toBe(38);
    expect(countUnseen('nothing hidden')).toBe(0);
  });
  it('never lets a hidden character through as text and never loses a visible one', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      const segments = segmentText(text);
      const drawn = segments.flatMap((segment) => (segment.kind === 'text' || segment.kind === 'lookalike' ? [segment.text] : [])).join('');
      expect(drawn).not.toMatch(/[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\u{e0000}-\u{e007f}]/u);
      const ascii = (value: string) => value.replace(/[^\x20-\x7e]/gu, '');
      expect(ascii(drawn)).toBe(ascii(text));
    }), { numRuns: 2000 });
  });
  it('stays quick on 250 KB', () => {
    const began = performance.now();
    segmentText('a\u200b'.repeat(125_000));
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
