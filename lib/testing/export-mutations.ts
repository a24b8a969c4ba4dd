import { GENESIS_HEAD, linkHash, readPlace } from '@/lib/log/chain';
import { CHECKPOINT_TYP, type Checkpoint } from '@/lib/log/checkpoint-rules';
import { EXPORT_TYP, type ExportLine, LineTally, readLine, writeLine } from '@/lib/log/export-format';
import type { Finding } from '@/lib/log/verify-findings';
import { readUnverifiedJws } from '@/lib/protocol/verify-jws';
import { HeadTree } from '@/lib/log/head-tree';
import { type SigningKey, generatePrivateJwk, signJws, signingKey } from '@/lib/signing';

/**
 * One way to tamper with an export. `names` are the findings of which at least one must be made: being refused is not
 * enough, what was done has to be said. `apply` gives the new lines, or undefined where the export offers no place for it.
 */
export type Mutation = { name: string; names: readonly Finding['kind'][]; apply(lines: readonly string[], tools: Tools): string[] | undefined };

export type Tools = { random: () => number };

const pick = <T>(all: readonly T[], { random }: Tools): T | undefined => all[Math.floor(random() * all.length)];
const at = (lines: readonly string[], kind: ExportLine['kind']) => lines.flatMap((line, i) => (line.endsWith(`"kind":"${kind}"}`) || line.includes(`"kind":"${kind}",`) ? [i] : []));
const eventAt = (lines: readonly string[], i: number) => {
  const line = readLine(lines[i] as string) as Extract<ExportLine, { kind: 'event' }>;
  return { ...line, ...(readPlace(line.body) as { stream: string; seq: number }) };
};
/** The event's text with another digest in it: as harmless-looking as tampering gets. */
const tampered = (body: string, { random }: Tools) => body.replace(/"digest":"[0-9]{8}/, `"digest":"${String(90000000 + Math.floor(random() * 9999999))}`);
/** The segment (index of its checkpoint line) in which a line stands. */
const segmentOf = (lines: readonly string[], i: number) => at(lines, 'checkpoint').find((c) => c > i);

/** Recomputes the hashes of all streams, and the head lines with them where told, as an attacker with the file would. */
function rehash(lines: readonly string[], heads: boolean): string[] {
  const ends = new Map<string, { seq: number; head: string }>();
  return lines.map((text) => {
    const line = readLine(text);
    if (line?.kind === 'event') {
      const { stream, seq } = readPlace(line.body)!;
      const head = linkHash(ends.get(stream)?.head ?? GENESIS_HEAD, line.body);
      ends.set(stream, { seq, head });
      return writeLine({ ...line, hash: head });
    }
    return line?.kind === 'head' && heads ? writeLine({ ...line, ...ends.get(line.stream)! }) : text;
  });
}

/** Signs every checkpoint and the footer anew over what the file now says. */
function resign(lines: readonly string[], key: SigningKey): string[] {
  const tree = new HeadTree();
  const tally = new LineTally();
  return lines.map((text) => {
    const line = readLine(text)!;
    if (line.kind === 'head') tree.set(line);
    let out: ExportLine = line;
    if (line.kind === 'checkpoint') {
      const claimed = readUnverifiedJws(line.jws);
      const body = { ...((claimed.ok ? claimed.payload : {}) as unknown as Checkpoint), root: tree.root().toString('hex'), treeSize: tree.size };
      out = { kind: 'checkpoint', jws: signJws(key, CHECKPOINT_TYP, body) };
    }
    if (line.kind === 'footer') return writeLine({ kind: 'footer', jws: signJws(key, EXPORT_TYP, tally.footer('2026-05-04T12:00:00.000Z')) });
    tally.count(out.kind);
    tally.hash(Buffer.from(`${writeLine(out)}\n`));
    return writeLine(out);
  });
}

function changeEvent(lines: readonly string[], tools: Tools, andHash: boolean): string[] | undefined {
  const i = pick(at(lines, 'event'), tools)!;
  const event = eventAt(lines, i);
  const body = tampered(event.body, tools);
  let prev = GENESIS_HEAD;
  for (const j of at(lines, 'event')) if (j < i && eventAt(lines, j).stream === event.stream) prev = eventAt(lines, j).hash;
  return lines.with(i, writeLine({ kind: 'event', body, hash: andHash ? linkHash(prev, body) : event.hash }));
}

function changeOneThenRehash(lines: readonly string[], tools: Tools, heads: boolean): string[] {
  const i = pick(at(lines, 'event'), tools)!;
  const event = eventAt(lines, i);
  return rehash(lines.with(i, writeLine({ kind: 'event', body: tampered(event.body, tools), hash: event.hash })), heads);
}

function changeText(lines: readonly string[], tools: Tools, kind: ExportLine['kind'], change: (line: string) => string): string[] | undefined {
  const i = pick(at(lines, kind), tools);
  return i === undefined ? undefined : lines.with(i, change(lines[i]!));
}

const drop = (lines: readonly string[], i: number, count = 1) => lines.toSpliced(i, count);
const flipIn = (text: string, from: number, tools: Tools) => {
  const i = from + Math.floor(tools.random() * (text.length - from));
  const other = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[Math.floor(tools.random() * 64)]!;
  return text.slice(0, i) + (other === text[i] ? (other === 'A' ? 'B' : 'A') : other) + text.slice(i + 1);
};

export const mutations: readonly Mutation[] = [
  { name: 'an event changed', names: ['event_changed'], apply: (l, t) => changeEvent(l, t, false) },
  { name: 'an event changed and its hash made new', names: ['event_changed', 'stream_rewritten'], apply: (l, t) => changeEvent(l, t, true) },
  { name: 'an event\'s hash changed', names: ['event_changed'], apply: (l, t) => changeText(l, t, 'event', (line) => line.replace(/"hash":"./, (m) => `"hash":"${m.endsWith('0') ? '1' : '0'}`)) },
  { name: 'an event changed and all later hashes made new', names: ['stream_rewritten'], apply: (l, t) => changeOneThenRehash(l, t, false) },
  { name: 'an event changed and all hashes and heads made new', names: ['heads_changed'], apply: (l, t) => changeOneThenRehash(l, t, true) },
  { name: 'everything made new and signed with a key of one\'s own', names: ['untrusted_key'], apply: (l, t) => resign(changeOneThenRehash(l, t, true), signingKey(generatePrivateJwk())) },
  {
    name: 'everything made new and signed with a key that takes our key\'s name', names: ['checkpoint_forged'],
    apply: (l, t) => {
      const line = readLine(l.at(-1)!) as { jws: string };
      const claimed = readUnverifiedJws(line.jws);
      return resign(changeOneThenRehash(l, t, true), { ...signingKey(generatePrivateJwk()), kid: claimed.ok ? claimed.kid : '' });
    },
  },
  { name: 'an event dropped', names: ['event_missing', 'stream_cut'], apply: (l, t) => drop(l, pick(at(l, 'event'), t)!) },
  { name: 'some events in a row dropped', names: ['event_missing', 'stream_cut'], apply: (l, t) => drop(l, pick(at(l, 'event'), t)!, 1 + Math.floor(t.random() * 3)) },
  { name: 'an event twice', names: ['event_repeated'], apply: (l, t) => { const i = pick(at(l, 'event'), t)!; return l.toSpliced(i, 0, l[i]!); } },
  {
    name: 'an event again, later', names: ['event_repeated'],
    apply: (l, t) => { const i = pick(at(l, 'event'), t)!; const j = pick(at(l, 'event').filter((k) => k > i), t); return j === undefined ? undefined : l.toSpliced(j, 0, l[i]!); },
  },
  {
    name: 'an event added where a stream ends', names: ['event_uncovered'],
    apply: (l, t) => {
      const i = pick(at(l, 'event'), t)!;
      const { stream } = eventAt(l, i);
      const last = at(l, 'event').filter((k) => k < segmentOf(l, i)! && eventAt(l, k).stream === stream).at(-1)!;
      const end = eventAt(l, last);
      const body = end.body.replace(`"seq":${end.seq},`, `"seq":${end.seq + 1},`);
      return l.toSpliced(last + 1, 0, writeLine({ kind: 'event', body, hash: linkHash(end.hash, body) }));
    },
  },
  {
    name: 'a stream added', names: ['event_uncovered'],
    apply: (l, t) => { const i = pick(at(l, 'event'), t)!; const body = eventAt(l, i).body.replace(/"seq":\d+,"stream":"[^"]*"/, '"seq":1,"stream":"session/zz"'); return l.toSpliced(i, 0, writeLine({ kind: 'event', body, hash: linkHash(GENESIS_HEAD, body) })); },
  },
  {
    name: 'two events of a stream swapped', names: ['event_out_of_order'],
    apply: (l, t) => {
      const i = pick(at(l, 'event'), t)!;
      const j = at(l, 'event').find((k) => k > i && k < segmentOf(l, i)! && eventAt(l, k).stream === eventAt(l, i).stream);
      return j === undefined ? undefined : l.with(i, l[j]!).with(j, l[i]!);
    },
  },
  {
    name: 'two events of different streams swapped', names: ['file_changed'],
    apply: (l, t) => { const i = pick(at(l, 'event'), t)!; return at(l, 'event').includes(i + 1) && eventAt(l, i).stream !== eventAt(l, i + 1).stream ? l.with(i, l[i + 1]!).with(i + 1, l[i]!) : undefined; },
  },
  {
    name: 'an event moved behind its checkpoint', names: ['stream_cut', 'event_missing'],
    apply: (l, t) => { const i = pick(at(l, 'event'), t)!; const c = segmentOf(l, i)!; return drop(l, i).toSpliced(c, 0, l[i]!); },
  },
  {
    name: 'an event in the place of another', names: ['event_repeated', 'event_missing', 'stream_cut', 'event_out_of_order'],
    apply: (l, t) => { const i = pick(at(l, 'event'), t)!; const j = pick(at(l, 'event'), t)!; return i === j ? undefined : l.with(i, l[j]!); },
  },
  { name: 'the end cut off at a line', names: ['footer_missing'], apply: (l, t) => l.slice(0, Math.floor(t.random() * l.length)) },
  {
    name: 'the end cut off at a checkpoint and the old footer put back', names: ['file_changed'],
    apply: (l, t) => { const c = pick(at(l, 'checkpoint').slice(0, -1), t); return c === undefined ? undefined : [...l.slice(0, c + 1), l.at(-1)!]; },
  },
  {
    name: 'the end cut off and a footer of one\'s own', names: ['untrusted_key'],
    apply: (l, t) => { const c = pick(at(l, 'checkpoint').slice(0, -1), t); return c === undefined ? undefined : [...l.slice(0, c + 1), writeLine({ kind: 'footer', jws: signJws(signingKey(generatePrivateJwk()), EXPORT_TYP, { lines: c + 1 }) })]; },
  },
  { name: 'the beginning cut off', names: ['header_missing'], apply: (l, t) => l.slice(1 + Math.floor(t.random() * 30)) },
  { name: 'a checkpoint dropped', names: ['checkpoint_missing', 'tail_uncovered'], apply: (l, t) => drop(l, pick(at(l, 'checkpoint'), t)!) },
  {
    name: 'a segment dropped with its checkpoint', names: ['checkpoint_missing', 'file_changed'],
    apply: (l, t) => { const all = at(l, 'checkpoint'); const n = Math.floor(t.random() * all.length); const from = n === 0 ? 1 : all[n - 1]! + 1; return drop(l, from, all[n]! - from + 1); },
  },
  { name: 'a checkpoint changed', names: ['checkpoint_forged', 'line_unreadable', 'untrusted_key'], apply: (l, t) => changeText(l, t, 'checkpoint', (line) => { const end = line.indexOf('","kind"'); return flipIn(line.slice(0, end), '{"jws":"'.length, t) + line.slice(end); }) },
  {
    name: 'two checkpoints swapped', names: ['checkpoint_missing', 'checkpoint_out_of_order'],
    apply: (l, t) => { const all = at(l, 'checkpoint'); const i = pick(all.slice(0, -1), t)!; const j = pick(all.filter((c) => c > i), t)!; return l.with(i, l[j]!).with(j, l[i]!); },
  },
  { name: 'a checkpoint twice', names: ['checkpoint_out_of_order'], apply: (l, t) => { const i = pick(at(l, 'checkpoint'), t)!; return l.toSpliced(i, 0, l[i]!); } },
  { name: 'a head changed', names: ['heads_changed'], apply: (l, t) => changeText(l, t, 'head', (line) => line.replace(/"seq":(\d+)/, (_m, seq: string) => `"seq":${Number(seq) + 1}`)) },
  { name: 'a head dropped', names: ['heads_changed'], apply: (l, t) => drop(l, pick(at(l, 'head'), t)!) },
  { name: 'a head added', names: ['heads_changed'], apply: (l, t) => { const i = pick(at(l, 'head'), t)!; return l.toSpliced(i, 0, writeLine({ kind: 'head', stream: 'session/zz', seq: 1, head: 'a'.repeat(64) })); } },
  { name: 'a head twice', names: ['line_misplaced'], apply: (l, t) => { const i = pick(at(l, 'head'), t)!; return l.toSpliced(i, 0, l[i]!); } },
  {
    name: 'a whole stream taken out', names: ['heads_changed'],
    apply: (l, t) => { const { stream } = eventAt(l, pick(at(l, 'event'), t)!); return l.filter((line) => !line.includes(`"stream":"${stream}"`)); },
  },
  { name: 'a payload said to be erased', names: ['file_changed'], apply: (l, t) => changeText(l, t, 'payload', (line) => line.replace('"sealed"', '"erased"').replace('"payload-', '"payload-x')) },
  { name: 'a payload line dropped', names: ['file_changed'], apply: (l, t) => drop(l, pick(at(l, 'payload'), t)!) },
  { name: 'the header changed', names: ['file_changed', 'header_missing'], apply: (l, t) => changeText(l, t, 'header', (line) => line.replace('sample', `other-${Math.floor(t.random() * 1e6)}`)) },
  { name: 'another format version', names: ['version_unknown'], apply: (l) => l.with(0, l[0]!.replace('"version":1', '"version":2')) },
  { name: 'the footer changed', names: ['footer_forged', 'footer_missing', 'line_unreadable', 'untrusted_key'], apply: (l, t) => changeText(l, t, 'footer', (line) => { const end = line.indexOf('","kind"'); return flipIn(line.slice(0, end), '{"jws":"'.length, t) + line.slice(end); }) },
  { name: 'a line of nonsense', names: ['line_unreadable'], apply: (l, t) => l.toSpliced(1 + Math.floor(t.random() * (l.length - 1)), 0, '{"kind":"event"}') },
  { name: 'a line written another way', names: ['line_unreadable', 'event_changed', 'header_missing', 'footer_missing'], apply: (l, t) => { const i = Math.floor(t.random() * l.length); return l.with(i, l[i]!.replace(':', ': ')); } },
  { name: 'a character changed anywhere', names: ['line_unreadable', 'event_changed', 'event_missing', 'event_repeated', 'event_uncovered', 'stream_cut', 'heads_changed', 'file_changed', 'header_missing', 'footer_missing', 'footer_forged', 'checkpoint_forged', 'untrusted_key', 'version_unknown', 'line_misplaced'], apply: (l, t) => { const i = Math.floor(t.random() * l.length); return l.with(i, flipIn(l[i]!, 0, t)); } },
];
