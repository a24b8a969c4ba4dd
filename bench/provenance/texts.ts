import { seededRandom } from '../load/random';

/** What a session might read: prose of a few thousand words as they are used in a language (few often, many seldom), tickets, listings and JSON. */
export type Writer = { text(length: number): string; pick<T>(list: readonly T[]): T; number(below: number): number; address(): string; account(): string };

const SYLLABLES = 'ba ren to li shu mak ver on dal pi ces tor un gel ma stri ke fo lan wi dre so pen hal ga'.split(' ');

export function makeWriter(seed: number): Writer {
  const random = seededRandom(seed);
  const number = (below: number) => Math.floor(random() * below);
  const pick = <T>(list: readonly T[]): T => list[number(list.length)]!;
  const words = Array.from({ length: 4_000 }, () => Array.from({ length: 1 + number(4) }, () => pick(SYLLABLES)).join(''));
  // Zipf's law, near enough: the n-th word is used in proportion to 1/n.
  const word = () => words[Math.floor(words.length ** random()) - 1]!;
  const sentence = () => {
    const text = Array.from({ length: 6 + number(12) }, word).join(' ');
    return `${text[0]!.toUpperCase()}${text.slice(1)}. `;
  };
  const address = () => `${word()}.${word()}${number(90)}@${word()}-${word()}.example`;
  const account = () => `GB${10 + number(89)} TEST ${Array.from({ length: 3 }, () => 1000 + number(9000)).join(' ')} ${10 + number(89)}`;
  const record = () => JSON.stringify({ id: number(1e8), owner: address(), note: sentence(), at: new Date(1.7e12 + number(1e10)).toISOString() });
  const line = () => {
    const kind = random();
    return kind < 0.8 ? sentence() : kind < 0.87 ? `Write to ${address()}. ` : kind < 0.92 ? `Pay ${account()} the sum of ${number(90_000)}.${10 + number(89)}.\n` : `${record()}\n`;
  };
  return {
    number, pick, address, account,
    text(length) {
      const parts: string[] = [];
      for (let written = 0; written < length;) { const part = line(); parts.push(part); written += part.length; }
      return parts.join('').slice(0, length);
    },
  };
}

/** What a session has read: texts of two to twenty kilobytes from a tool, one in ten of them from a document, and first of all what its user wants. */
export function sessionTexts(writer: Writer, size: number): { origin: 'user' | 'tool' | 'document'; text: string }[] {
  const texts: { origin: 'user' | 'tool' | 'document'; text: string }[] = [{ origin: 'user', text: writer.text(400) }];
  for (let written = 400; written < size;) {
    const text = writer.text(Math.min(size - written, 2_000 + writer.number(18_000)));
    texts.push({ origin: writer.number(10) === 0 ? 'document' : 'tool', text });
    written += text.length;
  }
  return texts;
}

/** Two kilobytes in six arguments: a half of the long one copied out of what was read, an account read there, an address that nobody wrote. */
export function makeAction(writer: Writer, texts: readonly { text: string }[]): Record<string, unknown> {
  const copied = (length: number) => {
    const { text } = writer.pick(texts);
    const from = writer.number(Math.max(1, text.length - length));
    return text.slice(from, from + length);
  };
  const accounts = copied(20_000).match(/GB\d\d TEST \d{4} \d{4} \d{4} \d\d/g) ?? [writer.account()];
  const addresses = copied(20_000).match(/[a-z.0-9]+@[a-z-]+\.example/g) ?? [writer.address()];
  return {
    to: writer.pick(addresses), cc: writer.address(), subject: copied(60), account: writer.pick(accounts).replaceAll(' ', ''), amount: writer.number(90_000) + 0.25,
    body: [writer.text(450), copied(300), writer.text(400), copied(500), writer.text(130)].join(''),
  };
}
