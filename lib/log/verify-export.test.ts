import { describe, expect, it } from 'vitest';
import { readPublicJwk } from '@/lib/protocol/ed25519-key';
import { generatePrivateJwk, signJws, signingKey } from '@/lib/signing';
import { bytesOf, linesOf, sampleLog, signWith } from '@/lib/testing/sample-export';
import { type Checkpoint, signCheckpoint } from './checkpoint-rules';
import { EXPORT_TYP, type ExportPart, exportText } from './export-format';
import { wholeLines } from './export-chunks';
import { HeadTree } from './head-tree';
import { readAnchor } from './verify-anchor';
import { type VerifyOptions, verifyExport } from './verify-export';

const key = signingKey(generatePrivateJwk());
const keys = new Map([[key.kid, readPublicJwk(key.publicJwk)!]]);
const sign = signWith(key);
const log = await sampleLog({ sign, segments: 5, streams: 6, eventsEach: 20, seed: 7 });
const whole = await linesOf(log.parts, sign);

const check = (lines: readonly string[], options: Partial<VerifyOptions> = {}) => verifyExport(bytesOf(lines), { keys, ...options });
const kinds = async (lines: readonly string[], options: Partial<VerifyOptions> = {}) => {
  const result = await check(lines, options);
  return result.status === 'verified' ? [] : result.findings.map(({ kind }) => kind);
};

describe('an export', () => {
  it('verifies as it was written', async () => {
    const result = await check(whole);
    expect(result).toMatchObject({ status: 'verified', summary: { events: 100, streams: 6, checkpoints: 5, payloads: 5, erasedPayloads: 2, first: 1, last: { index: 5 } } });
  });

  it('verifies however its bytes are cut into chunks', async () => {
    for (const size of [1, 7, 1000, 1_000_000]) expect((await verifyExport(bytesOf(whole, size), { keys })).status, `chunks of ${size}`).toBe('verified');
  });

  it('is written in pieces, as somebody takes them', async () => {
    const many = await sampleLog({ sign, segments: 3, streams: 5, eventsEach: 400, seed: 1 });
    let taken = 0;
    const parts = function* () {
      for (const part of many.parts) {
        taken++;
        yield part;
      }
    };
    const text = exportText({ parts: parts(), exportedAt: new Date(0), source: 's', sign });
    await text.next();
    expect(taken).toBeLessThan(many.parts.length / 2);
  });

  it('proves nothing without a key from outside, and says so', async () => {
    const result = await check(whole, { keys: undefined });
    expect(result).toMatchObject({ status: 'untrusted_key', findings: [{ kind: 'untrusted_key' }] });
    expect(result.sentence).toMatch(/^UNTRUSTED KEY/);
  });

  it('proves nothing when all of it was made with another key', async () => {
    const stranger = signWith(signingKey(generatePrivateJwk()));
    const forged = await linesOf((await sampleLog({ sign: stranger, segments: 2, streams: 3, eventsEach: 5, seed: 3 })).parts, stranger);
    const result = await check(forged);
    expect(result).toMatchObject({ status: 'untrusted_key', findings: expect.arrayContaining([expect.objectContaining({ kind: 'untrusted_key' })]) });
    expect(result.sentence).toMatch(/^UNTRUSTED KEY/);
  });

  it('is not vouched for by a checkpoint key\'s signature of another type', async () => {
    const at = whole.findIndex((line) => line.includes('"kind":"checkpoint"'));
    const lines = whole.with(at, JSON.stringify({ jws: await sign('permit+jwt', log.checkpoints[0]!.checkpoint), kind: 'checkpoint' }));
    expect(await kinds(lines)).toContain('checkpoint_forged');
  });

  it('may begin later, with an earlier checkpoint and its heads as the ground', async () => {
    const result = await check(await linesOf(laterParts(2), sign));
    expect(result).toMatchObject({ status: 'verified', summary: { events: 60, checkpoints: 3, first: 2 } });
    expect(result.sentence).toContain('begins after checkpoint 2');
  });

  it('may not begin later with heads of somebody\'s own', async () => {
    const parts = laterParts(2);
    const head = parts.find((part) => part.kind === 'head')!;
    head.head = 'a'.repeat(64);
    expect(await kinds(await linesOf(parts, sign))).toContain('heads_changed');
  });

  it('ends with what the footer was signed over, to the last byte', async () => {
    const bytes = Buffer.from(whole.join('\n'));
    const chunks = async function* () {
      yield bytes;
    };
    const result = await verifyExport(chunks(), { keys });
    expect(result).toMatchObject({ status: 'failed', findings: [{ kind: 'file_changed' }] });
    expect(await kinds([])).toEqual(['footer_missing', 'nothing_signed']);
    expect(await kinds([...whole, whole[1]!])).toEqual(['line_misplaced']);
  });

  it('lists a hundred findings and counts the rest', async () => {
    const result = await check(Array.from({ length: 500 }, () => 'nonsense'));
    expect(result).toMatchObject({ status: 'failed', more: expect.any(Number) });
    if (result.status === 'failed') expect(result.findings.length + result.more).toBe(503);
  });

  it('does not fill the memory with one endless line', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 0x61);
    const chunks = async function* () {
      for (let i = 0; i < 40; i++) yield chunk;
      yield Buffer.from(`\n${whole.join('\n')}\n`);
    };
    const longest = { value: 0 };
    const watched = async function* () {
      for await (const lines of wholeLines(chunks())) {
        longest.value = Math.max(longest.value, lines.length);
        yield lines;
      }
    };
    const result = await verifyExport(watched(), { keys });
    expect(longest.value).toBeLessThan(9 * 1024 * 1024);
    expect(result).toMatchObject({ status: 'failed', findings: expect.arrayContaining([expect.objectContaining({ kind: 'header_missing' })]) });
  });
});

describe('an anchor', () => {
  const anchorOf = (checkpoints: { jws: string }[]) => readAnchor(checkpoints.map(({ jws }, i) => (i % 2 ? jws : JSON.stringify({ jws }))).join('\n'), keys);

  it('agrees with an export that is whole', async () => {
    expect(await kinds(whole, { anchor: anchorOf(log.checkpoints) })).toEqual([]);
    expect(await kinds(whole, { anchor: anchorOf(log.checkpoints.slice(0, 3)) })).toEqual([]);
  });

  it('shows a log that was set back, though everything in the export is signed', async () => {
    const shorter = await linesOf(log.parts.slice(0, log.parts.findIndex((part) => part.kind === 'checkpoint' && part.jws === log.checkpoints[2]!.jws) + 1), sign);
    expect(await kinds(shorter)).toEqual([]);
    expect(await kinds(shorter, { anchor: anchorOf(log.checkpoints) })).toEqual(['anchor_ahead']);
  });

  it('shows a second history under the same key', async () => {
    const other = await sampleLog({ sign, segments: 5, streams: 6, eventsEach: 20, seed: 8 });
    expect(await kinds(await linesOf(other.parts, sign))).toEqual([]);
    const found = await kinds(await linesOf(other.parts, sign), { anchor: anchorOf(log.checkpoints) });
    expect(new Set(found)).toEqual(new Set(['anchor_differs']));
    expect(anchorOf([...log.checkpoints, ...other.checkpoints]).findings.map(({ kind }) => kind)).toContain('anchor_differs');
  });

  it('is itself checked', () => {
    const stranger = signingKey(generatePrivateJwk());
    const foreign = signJws(stranger, 'checkpoint+jws', log.checkpoints[0]!.checkpoint);
    expect(readAnchor(`${foreign}\nnonsense\n{"a":1}\n{`, keys).findings).toMatchObject([
      { kind: 'anchor_forged', line: 1 }, { kind: 'anchor_forged', line: 2 }, { kind: 'anchor_unreadable', line: 3 }, { kind: 'anchor_unreadable', line: 4 },
    ]);
  });
});

describe('the log itself, signed and yet wrong', () => {
  it('is named when a checkpoint sets a stream back', async () => {
    const [first, second] = log.checkpoints as [(typeof log.checkpoints)[0], (typeof log.checkpoints)[0]];
    const cut = log.parts.findIndex((part) => part.kind === 'checkpoint') + 1;
    const parts = log.parts.slice(0, cut);
    const heads = new HeadTree();
    for (const part of parts) if (part.kind === 'head') heads.set(part);
    const back = { ...heads.heads()[0]!, seq: heads.heads()[0]!.seq - 1 };
    heads.set(back);
    const body: Checkpoint = { ...second.checkpoint, previous: first.hash, root: heads.root().toString('hex'), treeSize: heads.size };
    parts.push({ kind: 'head', ...back }, { kind: 'checkpoint', jws: (await signCheckpoint(sign, body)).jws });
    expect(await kinds(await linesOf(parts, sign))).toContain('stream_rewound');
  });

  it('is named when checkpoints skip, repeat or do not follow', async () => {
    const jwsOf = (part: ExportPart) => (part.kind === 'checkpoint' ? part.jws : '');
    const [one, two, three] = log.checkpoints.map(({ jws }) => jws);
    const without = log.parts.filter((part) => jwsOf(part) !== two);
    expect(await kinds(await linesOf(without, sign))).toContain('checkpoint_missing');
    const twice = log.parts.flatMap((part) => (jwsOf(part) === two ? [part, { kind: 'checkpoint' as const, jws: one! }] : [part]));
    expect(await kinds(await linesOf(twice, sign))).toContain('checkpoint_out_of_order');
    const unlinked = (await signCheckpoint(sign, { ...log.checkpoints[2]!.checkpoint, previous: 'f'.repeat(64) })).jws;
    const mixed = log.parts.map((part) => (jwsOf(part) === three ? { kind: 'checkpoint' as const, jws: unlinked } : part));
    expect(await kinds(await linesOf(mixed, sign))).toContain('checkpoint_unlinked');
  });

  it('is named when events were written that no checkpoint covers', async () => {
    const last = log.parts.at(-1)!;
    expect(await kinds(await linesOf(log.parts.filter((part) => part !== last), sign))).toContain('tail_uncovered');
  });

  it('has a footer of its own type and shape', async () => {
    const lines = [...whole.slice(0, -1), JSON.stringify({ jws: await sign(EXPORT_TYP, { lines: 3 }), kind: 'footer' })];
    expect(await kinds(lines)).toEqual(['footer_forged']);
  });
});

/** The same log, exported from a checkpoint on. */
function laterParts(base: number): ExportPart[] {
  const at = log.parts.findIndex((part) => part.kind === 'checkpoint' && part.jws === log.checkpoints[base - 1]!.jws);
  const heads = new HeadTree();
  for (const part of log.parts.slice(0, at)) if (part.kind === 'head') heads.set(part);
  const ground: ExportPart[] = heads.heads().map((head) => ({ kind: 'head' as const, ...head }));
  return [...ground, { kind: 'base', jws: log.checkpoints[base - 1]!.jws }, ...log.parts.slice(at + 1)];
}
