/** A stretch of a text and where it begins. */
export type Part = { text: string; from: number };

/** The text whole, or, when it is longer than `most`, its head and its tail: three quarters and one quarter of what may be looked at. */
export function partsOf(text: string, most: number): Part[] {
  if (text.length <= most) return [{ text, from: 0 }];
  const head = Math.floor(most * 0.75);
  const tail = most - head;
  return [{ text: text.slice(0, head), from: 0 }, { text: text.slice(text.length - tail), from: text.length - tail }];
}
