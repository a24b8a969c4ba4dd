const letter = /^[\p{L}\p{M}\p{N}._-]$/u;
const scripts: [name: string, pattern: RegExp][] = [
  ['Latin', /^\p{Script=Latin}$/u], ['Cyrillic', /^\p{Script=Cyrillic}$/u], ['Greek', /^\p{Script=Greek}$/u],
  ['Armenian', /^\p{Script=Armenian}$/u], ['Cherokee', /^\p{Script=Cherokee}$/u],
];
/** Letters of other alphabets that most fonts draw exactly like a Latin one. */
const twins = new Set(Array.from('асеорхуіјѕԁһӏԛԝѵгпАВЕЗІЈКМНОРСТХЅԌԚԜҮοαρνικυΑΒΕΖΗΙΚΜΝΟΡΤΥΧհոսօց'));
/** Latin shapes set in other blocks: fullwidth, letterlike and mathematical alphabets. */
const styled = /^[\uff21-\uff3a\uff41-\uff5a\u2100-\u214f\u{1d400}-\u{1d7ff}]$/u;

/**
 * Finds letters that imitate another alphabet's: in a word that mixes Latin with Cyrillic, Greek, Armenian or Cherokee, the ones that are
 * not Latin; and a whole word built from twins of Latin letters next to a dot, as in a forged domain. Index of the code point → its alphabet.
 */
export function lookalikesIn(points: readonly string[]): Map<number, string> {
  const found = new Map<number, string>();
  if (points.every((point) => point.codePointAt(0)! < 0x250)) return found;
  let start = 0;
  while (start < points.length) {
    if (!letter.test(points[start]!)) {
      start += 1;
      continue;
    }
    let end = start;
    while (end < points.length && letter.test(points[end]!)) end += 1;
    markWord(points, start, end, found);
    start = end;
  }
  return found;
}

function markWord(points: readonly string[], start: number, end: number, found: Map<number, string>) {
  const foreign: [number, string][] = [];
  let latin = false;
  let allTwins = true;
  for (let index = start; index < end; index += 1) {
    const point = points[index]!;
    if (styled.test(point)) {
      found.set(index, 'styled Latin');
      continue;
    }
    const script = scripts.find(([, pattern]) => pattern.test(point))?.[0];
    if (script === 'Latin') latin = true;
    else if (script) {
      foreign.push([index, script]);
      if (!twins.has(point)) allTwins = false;
    }
  }
  if (foreign.length === 0) return;
  const looksLatin = allTwins && foreign.length > 2;
  if (latin || looksLatin) for (const [index, script] of foreign) found.set(index, script);
}
