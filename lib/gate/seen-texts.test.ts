import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SeenTexts } from './seen-texts';

function seen(...texts: [seq: number, origin: 'user' | 'document' | 'tool', text: string][]): SeenTexts {
  const all = new SeenTexts();
  for (const text of texts) all.add(...text);
  return all;
}

it('finds where a text came from, whatever its case and spacing', () => {
  const texts = seen([3, 'document', 'Please send it to  Exports@Mailbox-Relay.example\nthanks']);
  expect(texts.sourceOf('exports@mailbox-relay.example')).toMatchObject({ origin: 'document', seq: 3 });
  expect(texts.sourceOf('Some One <exports@mailbox-relay.example>')).toMatchObject({ origin: 'document' });
  expect(texts.sourceOf('somebody@example.org')).toEqual({ origin: 'model', also: [] });
});

it('takes the least trusted of several sources and lists the others', () => {
  const texts = seen([2, 'user', 'mail ada@example.org'], [5, 'tool', '{"to":"ada@example.org"}']);
  expect(texts.sourceOf('ada@example.org')).toEqual({ origin: 'tool', seq: 5, also: [{ origin: 'user', seq: 2 }] });
});

it('sees through an encoding, knows a sentence inside a longer text, and the last part of a path', () => {
  const texts = seen([4, 'document', 'the account is DE44 5001 0517 5407 3249 31, and customers-1612.csv is ready']);
  expect(texts.sourceOf('DE44%205001%200517%205407%203249%2031')).toMatchObject({ origin: 'document' });
  expect(texts.sourceOf('Hello there. The account is DE44 5001 0517 5407 3249 31, and customers-1612.csv is ready! Many greetings from us')).toMatchObject({ origin: 'document' });
  expect(texts.sourceOf('/srv/exports/customers-1612.csv')).toMatchObject({ origin: 'document' });
});

it('does not taint everything by what is in every text', () => {
  expect(seen([1, 'tool', 'yes and no and 5']).sourceOf('no')).toEqual({ origin: 'model', also: [] });
});

it('finds any piece of at least four characters that it was given', () => {
  fc.assert(fc.property(fc.stringMatching(/^[a-z0-9 ]{20,80}$/), fc.nat(), fc.integer({ min: 4, max: 15 }), (text, from, length) => {
    const start = from % (text.length - length);
    const piece = text.slice(start, start + length).trim();
    fc.pre(piece.replace(/ +/g, ' ').length >= 4);
    expect(seen([9, 'tool', text]).sourceOf(piece)).toMatchObject({ origin: 'tool', seq: 9 });
  }));
});
