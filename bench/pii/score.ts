import type { Sighting } from '@/lib/inspect/detector';
import { isPersonal, means } from './labels';
import type { Row, Span } from './rows';

/** A row with what the detectors saw in it: `secrets` apart from personal data. */
export type Looked = Row & { secrets: Sighting[]; personal: Sighting[] };
export type Tally = { spans: number; hit: number; wrong: number };
export const none = (): Tally => ({ spans: 0, hit: 0, wrong: 0 });
export const precision = ({ hit, wrong }: Tally): number => (hit + wrong === 0 ? Number.NaN : hit / (hit + wrong));
export const recall = ({ spans, hit }: Tally): number => (spans === 0 ? Number.NaN : hit / spans);
export const f1 = (tally: Tally): number => (tally.spans + tally.hit + tally.wrong === 0 ? Number.NaN : (2 * tally.hit) / (tally.spans + tally.hit + tally.wrong));
export const sum = (tallies: Iterable<Tally>): Tally => { const all = none(); for (const one of tallies) { all.spans += one.spans; all.hit += one.hit; all.wrong += one.wrong; } return all; };

/** A sighting finds a label when they share half of what they cover together; where a label is a whole line, when it lies in it. */
function finds({ span }: Sighting, label: Span, wholeLine: boolean): boolean {
  if (!span) return false;
  const shared = Math.min(span[1], label.end) - Math.max(span[0], label.start);
  return shared > 0 && (wholeLine || shared * 2 >= Math.max(span[1], label.end) - Math.min(span[0], label.start));
}

function count(tally: Tally, sightings: readonly Sighting[], labels: readonly Span[], wholeLine: boolean): void {
  tally.spans += labels.length;
  tally.hit += labels.filter((label) => sightings.some((one) => finds(one, label, wholeLine))).length;
  tally.wrong += sightings.filter((one) => !labels.some((label) => finds(one, label, wholeLine))).length;
}

/** Secrets by what a row was made to test: any secret that is seen in it counts, whatever the label calls it, since one key has many names. */
export function scoreSecrets(rows: readonly Looked[], least: number): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const row of rows) {
    const key = `${row.source} · ${row.about}`;
    const tally = tallies.get(key) ?? tallies.set(key, none()).get(key)!;
    count(tally, row.secrets.filter(({ score }) => score >= least), row.spans.filter(({ type }) => !isPersonal(type)), row.wholeLine);
  }
  return tallies;
}

/**
 * Personal data by the type of the label. A row is labelled for what it was made to test and nothing else, so a sighting of a type is wrong only
 * in rows that are about that type; what is seen of it in the others is counted beside it (`elsewhere`).
 */
export function scorePersonal(rows: readonly Looked[], least: number): Map<string, Tally & { elsewhere: number }> {
  const about = new Map<string, Set<string>>();
  for (const row of rows) for (const { type } of row.spans) if (isPersonal(type)) (about.get(`${row.source} ${row.about}`) ?? about.set(`${row.source} ${row.about}`, new Set()).get(`${row.source} ${row.about}`)!).add(type);
  const types = new Set([...about.values()].flatMap((some) => [...some]));
  const tallies = new Map([...types].map((type) => [type, { ...none(), elsewhere: 0 }]));
  for (const row of rows) {
    const own = about.get(`${row.source} ${row.about}`);
    const sightings = row.personal.filter(({ score }) => score >= least);
    for (const type of types) {
      const tally = tallies.get(type)!;
      const ofType = sightings.filter(({ kind }) => means(kind, type));
      if (own?.has(type)) count(tally, ofType, row.spans.filter((span) => span.type === type), row.wholeLine);
      else tally.elsewhere += ofType.filter((one) => !row.spans.some((span) => finds(one, span, true))).length;
    }
  }
  return tallies;
}
