/** Where a long value is folded: what stays in front, what is counted, what stays behind. Null when it is short enough to be read whole. */
export type Fold = { headEnd: number; tailStart: number; hidden: number };

/** What is read whole, in characters; and what of a longer value stays visible, three lines of a phone. */
const whole = 160;
const room = 72;

export function collapseMiddle(text: string): Fold | null {
  if (text.length <= whole && countLines(text) <= 4) return null;
  let headEnd = wordBefore(text, Math.min(Math.ceil(room * 0.6), lineEnd(text, 2)));
  let tailStart = wordAfter(text, Math.max(text.length - Math.floor(room * 0.4), lastLinesStart(text, 1)));
  if (isLow(text, headEnd)) headEnd -= 1;
  if (isLow(text, tailStart)) tailStart += 1;
  if (tailStart <= headEnd) return null;
  return { headEnd, tailStart, hidden: Array.from(text.slice(headEnd, tailStart)).length };
}

const isLow = (text: string, index: number) => {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
};

function countLines(text: string) {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1 && lines < 6; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function lineEnd(text: string, wanted: number) {
  let at = -1;
  for (let line = 0; line < wanted; line += 1) {
    at = text.indexOf('\n', at + 1);
    if (at === -1) return text.length;
  }
  return at;
}

function lastLinesStart(text: string, wanted: number) {
  let at = text.length;
  for (let line = 0; line < wanted; line += 1) {
    at = text.lastIndexOf('\n', at - 1);
    if (at <= 0) return 0;
  }
  return at + 1;
}

/** Breaks at a space when one is near; a value without spaces is cut where it is. */
function wordBefore(text: string, at: number) {
  const space = text.lastIndexOf(' ', at);
  return space > at - 16 && space > 0 ? space : at;
}

function wordAfter(text: string, at: number) {
  const space = text.indexOf(' ', at);
  return space !== -1 && space < at + 16 ? space + 1 : at;
}
