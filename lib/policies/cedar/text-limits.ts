const deepest = 40;
const mostOperators = 100;
const stringsAndComments = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g;

/**
 * Why a rule's text is too intricate to hand to Cedar, or nothing. Cedar recurses, and a stack that overflows inside
 * WebAssembly leaves the whole instance unusable: every later decision would fail. Far above what a person can read.
 */
export function tooIntricate(text: string): string | undefined {
  const code = text.replace(stringsAndComments, '');
  let depth = 0;
  let most = 0;
  for (const char of code) {
    if (char === '(' || char === '[' || char === '{') most = Math.max(most, (depth += 1));
    else if (char === ')' || char === ']' || char === '}') depth -= 1;
  }
  if (most > deepest) return `nests brackets more than ${deepest} deep`;
  const joining = code.match(/\|\||&&|[-+*!]|\bif\b/g)?.length ?? 0;
  if (joining > mostOperators) return `joins more than ${mostOperators} conditions; split it into several rules`;
  if (longChain.test(flattened(code))) return 'follows more than 32 members in a row';
  return undefined;
}

const longChain = /(?:\.\s*\w+\s*){33}/;

/** Takes what stands in brackets away, inner ones first, so that `a.b(c).d["e"]` reads as one chain of members. */
function flattened(code: string): string {
  let text = code;
  for (let round = 0; round < deepest; round += 1) {
    const shorter = text.replace(/\([^()[\]]*\)/g, '').replace(/\[[^()[\]]*\]/g, '.i');
    if (shorter === text) break;
    text = shorter;
  }
  return text;
}
