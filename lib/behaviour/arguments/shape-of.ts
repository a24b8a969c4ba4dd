/** A longer text is written freely; how it is built says nothing. */
const LONGEST = 40;

/** Runs count sign by sign, as one, or letters and digits alike: `AA99-9999`, `A9-9`, `x-x`. */
export type Looseness = 0 | 1 | 2;

/** How a short text is built, with nothing of what it says: capitals `A`, other letters `a`, digits `9`, ASCII's signs as they are, anything else `?`. Undefined for a long one. */
export function shapeOf(text: string): string | undefined {
  if (text.length > LONGEST) return undefined;
  let shape = '';
  for (const character of text) shape += signOf(character);
  return shape;
}

function signOf(character: string): string {
  if (character.length === 1 && character <= '~') {
    if (character >= 'a' && character <= 'z') return 'a';
    if (character >= 'A' && character <= 'Z') return 'A';
    if (character >= '0' && character <= '9') return '9';
    return character >= ' ' ? character : /\s/.test(character) ? ' ' : '?';
  }
  if (/\p{Lu}/u.test(character)) return 'A';
  if (/\p{L}/u.test(character)) return 'a';
  return /\p{N}/u.test(character) ? '9' : /\s/.test(character) ? ' ' : '?';
}

/** The same shape told less closely; one that was loosened before stays what it is. */
export function loosened(shape: string, looseness: Looseness): string {
  switch (looseness) {
    case 0: return shape;
    case 1: return shape.replace(/([Aa9x ])\1+/g, '$1');
    case 2: return shape.replace(/[Aa9x]+/g, 'x').replace(/ +/g, ' ');
  }
}
