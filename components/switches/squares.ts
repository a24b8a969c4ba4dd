export type Squares = { filled: number; total: number; each: number };

const mostSquares = 160;

/** How many squares stand for `running` sessions and how many of them are hit; a hit is never rounded away. */
export function squares(hit: number, running: number): Squares {
  const all = Math.max(running, hit);
  const each = Math.max(1, Math.ceil(all / mostSquares));
  return { filled: Math.ceil(hit / each), total: Math.ceil(all / each), each };
}
