import { holdsSecret, isHarmless, namesSecret } from '@/lib/inspect';
import type { Leaf } from '../read-arguments';
import { Sample } from '../spread';
import { mostValues as most, type SeenValues } from './schema';
import { loosened, shapeOf, type Looseness } from './shape-of';

/** One word as programs use them: no sentence, no name with a surname, no number of anything. */
const WORD = /^[A-Za-z](?:[A-Za-z_.:/+-]|\d(?!\d{3})){0,23}$/;

/** What one argument held in one session, call by call. */
export class NotedValues {
  private readonly lengths = new Sample(most.lengthsPerSession);
  private looseness: Looseness = 0;
  private shapes = new Map<string, number>();
  private moreShapes = 0;
  private readonly words = new Map<string, number>();
  private moreWords = 0;
  /** Whether its name says that it holds a secret: of such a one nothing is kept but how long it was. */
  readonly secret: boolean;

  constructor(path: string) { this.secret = namesSecret(path); }

  /** `left`: how much more may be kept of the whole session. */
  note({ kind, text }: Leaf, left: { values: number }): void {
    if (kind === 'flag') this.addWord(text ?? '', left);
    if (kind !== 'text' || text === undefined) return;
    this.lengths.add(text.length);
    const shape = shapeOf(text);
    // Not even how a password is built is kept: that is half of it.
    if (shape === undefined || this.secret || holdsSecret(text)) { this.moreShapes += 1; this.moreWords += 1; return; }
    this.addShape(shape, left);
    if (WORD.test(text) && isHarmless(text)) this.addWord(text, left);
    else this.moreWords += 1;
  }

  get seen(): SeenValues {
    return { lengths: this.lengths.values, looseness: this.looseness, shapes: Object.fromEntries(this.shapes), moreShapes: this.moreShapes, words: Object.fromEntries(this.words), moreWords: this.moreWords };
  }

  private addWord(word: string, left: { values: number }): void {
    if (counted(this.words, word, left)) return;
    this.moreWords += 1;
  }

  private addShape(exact: string, left: { values: number }): void {
    while (!counted(this.shapes, loosened(exact, this.looseness), left)) {
      if (this.looseness === 2) { this.moreShapes += 1; return; }
      this.looseness = this.looseness === 0 ? 1 : 2;
      const before = this.shapes;
      this.shapes = new Map();
      for (const [shape, n] of before) {
        const looser = loosened(shape, this.looseness);
        this.shapes.set(looser, (this.shapes.get(looser) ?? 0) + n);
      }
      left.values += before.size - this.shapes.size;
    }
  }
}

/** Counts a value; false where there is no room for it. */
function counted(counts: Map<string, number>, value: string, left: { values: number }): boolean {
  const before = counts.get(value);
  if (before === undefined) {
    if (counts.size >= most.perSessionField || left.values <= 0) return false;
    left.values -= 1;
  }
  counts.set(value, (before ?? 0) + 1);
  return true;
}
