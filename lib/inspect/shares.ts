/**
 * How much of each text is looked at (UTF-16 units) where all of them together may be `most`. What every text has for itself, `least` or what
 * there is room for, comes first, so that a long one never keeps a short one from being seen; the rest goes by length.
 */
export function sharesOf(texts: readonly { text: string }[], most: number, least: number): number[] {
  const total = texts.reduce((sum, { text }) => sum + text.length, 0);
  if (total <= most) return texts.map(({ text }) => text.length);
  const each = Math.min(least, Math.floor(most / 2 / texts.length));
  const reserved = texts.reduce((sum, { text }) => sum + Math.min(each, text.length), 0);
  const ofTheRest = (most - reserved) / (total - reserved);
  // What rounding leaves over is carried on: of a hundred thousand single characters something is looked at too.
  let owed = 0;
  return texts.map(({ text }) => {
    const own = Math.min(each, text.length);
    owed += (text.length - own) * ofTheRest;
    const more = Math.min(text.length - own, Math.floor(owed));
    owed -= more;
    return own + more;
  });
}
