/** What is shown of the same text before the first difference and behind the last, in characters. */
const AROUND = 40;

/**
 * Two values that differ, cut so that what differs is seen: what both begin and end with is counted, and of a difference longer than
 * `most` the middle is. Cut at their ends alone, two long texts could read the same.
 */
export function cutDifference(before: string, after: string, most = 2_000): [before: string, after: string] {
  if (Math.max(before.length, after.length) <= most) return [before, after];
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && before[same] === after[same]) same += 1;
  let tail = 0;
  while (tail < shorter - same && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const cut = (text: string) => {
    const [from, to] = [whole(text, Math.max(0, same - AROUND)), whole(text, Math.min(text.length, text.length - tail + AROUND))];
    const inside = text.slice(from, to);
    const half = whole(inside, Math.floor(most / 2));
    const rest = whole(inside, inside.length - Math.floor(most / 2));
    return [gap(from), inside.length <= most ? inside : `${inside.slice(0, half)}${gap(rest - half)}${inside.slice(rest)}`, gap(text.length - to)].join('');
  };
  return [cut(before), cut(after)];
}

const gap = (count: number) => (count > 0 ? ` [… ${count.toLocaleString('en')} more …] ` : '');

/** No cut goes through a character. */
const whole = (text: string, index: number) => (index > 0 && index < text.length && /[\udc00-\udfff]/.test(text[index]!) ? index - 1 : index);
