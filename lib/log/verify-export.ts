import type { KeySet } from '@/lib/protocol/ed25519-key';
import { readUnverifiedJws, verifyJws } from '@/lib/protocol/verify-jws';
import { type Checkpoint, NO_CHECKPOINT, verifyCheckpoint } from './checkpoint-rules';
import { wholeLines } from './export-chunks';
import { EXPORT_TYP, EXPORT_VERSION, type ExportLine, LineTally, footerSchema, readEventBytes, readLine } from './export-format';
import { HeadTree, type StreamHead } from './head-tree';
import type { Anchor } from './verify-anchor';
import { type Finding, sentenceOf } from './verify-findings';
import { StreamChains } from './verify-streams';

export type VerifyOptions = {
  /** Checkpoint keys that came from outside the export. Without them nothing is proven. */
  keys: KeySet | undefined;
  anchor?: Anchor;
};

export type VerifySummary = { events: number; streams: number; checkpoints: number; payloads: number; erasedPayloads: number; first: number | undefined; last: { index: number; at: string } | undefined };

export type VerifyResult =
  | { status: 'verified'; summary: VerifySummary; sentence: string }
  /** `more` counts findings beyond those listed. */
  | { status: 'untrusted_key' | 'failed'; summary: VerifySummary; sentence: string; findings: (Finding & { sentence: string })[]; more: number };

const MAX_FINDINGS = 100;
const LINE_FEED = 0x0a;

/** Checks an export's bytes, offline, line by line, and names everything that is wrong with it. Memory is held by stream, not by event. */
export async function verifyExport(chunks: AsyncIterable<Uint8Array>, options: VerifyOptions): Promise<VerifyResult> {
  const verifier = new ExportVerifier(options);
  for await (const lines of wholeLines(chunks)) verifier.take(lines);
  return verifier.finish();
}

class ExportVerifier {
  readonly #keys: KeySet | undefined;
  readonly #anchor: Anchor | undefined;
  readonly #findings: Finding[] = [];
  #more = 0;
  #untrusted: string | undefined;
  /** Checkpoints of a key that we don't know, until one that we know follows from them: the kid of the first. */
  #unvouched: string | undefined;
  /** The same, once one did. Where something else is wrong, it is named after all. */
  #vouched: string | undefined;
  readonly #chains = new StreamChains((finding) => this.#report(finding));
  readonly #tree = new HeadTree();
  readonly #tally = new LineTally();
  readonly #listed = new Map<string, StreamHead>();
  readonly #summary: VerifySummary = { events: 0, streams: 0, checkpoints: 0, payloads: 0, erasedPayloads: 0, first: undefined, last: undefined };
  #line = 0;
  #rootsHold = true;
  #phase: 'start' | 'body' | 'closed' = 'start';
  #next: { index: number; previous: string | undefined } = { index: 1, previous: NO_CHECKPOINT };

  constructor({ keys, anchor }: VerifyOptions) {
    this.#keys = keys;
    this.#anchor = anchor;
    for (const finding of anchor?.findings ?? []) this.#report(finding);
  }

  /** Takes some whole lines. */
  take(bytes: Buffer): void {
    let start = 0;
    while (start < bytes.length) {
      const feed = bytes.indexOf(LINE_FEED, start);
      const end = feed === -1 ? bytes.length : feed;
      const line = bytes.subarray(start, end);
      this.#line++;
      if (this.#phase === 'closed') this.#report({ kind: 'line_misplaced', line: this.#line, what: 'behind the footer' });
      else if (!this.#event(line)) this.#other(line.toString('utf8'), bytes.subarray(0, start), feed !== -1);
      start = end + 1;
    }
    if (this.#phase !== 'closed') this.#tally.hash(bytes);
  }

  #event(line: Buffer): boolean {
    const event = readEventBytes(line);
    if (!event || this.#phase === 'start') return false;
    this.#tally.count('event');
    this.#summary.events++;
    if (!this.#chains.follow(event.body, event.hash)) this.#report({ kind: 'line_unreadable', line: this.#line });
    return true;
  }

  /** `before` is what stands before the line in its piece of the file, not hashed yet. */
  #other(text: string, before: Buffer, fed: boolean): void {
    const line = readLine(text);
    if (this.#phase === 'start') {
      this.#phase = 'body';
      if (line?.kind !== 'header') this.#report({ kind: 'header_missing' });
    } else if (line?.kind === 'header') this.#report({ kind: 'line_misplaced', line: this.#line, what: 'a second header' });
    if (line?.kind === 'footer') {
      this.#tally.hash(before);
      this.#close(line.jws);
      if (!fed) this.#report({ kind: 'file_changed', what: 'its last line feed is missing' });
      return;
    }
    this.#tally.count(line?.kind);
    if (line) this.#read(line);
    else this.#report({ kind: 'line_unreadable', line: this.#line });
  }

  finish(): VerifyResult {
    const last = this.#summary.last?.index;
    if (this.#chains.uncovered > 0) this.#report({ kind: 'tail_uncovered', events: this.#chains.uncovered });
    if (this.#phase !== 'closed') this.#report({ kind: 'footer_missing' });
    if (last === undefined) this.#report({ kind: 'nothing_signed' });
    const ahead = this.#anchor?.last;
    if (ahead !== undefined && ahead > (last ?? 0)) this.#report({ kind: 'anchor_ahead', index: ahead, last });
    this.#summary.streams = this.#chains.size;
    return this.#result();
  }

  #read(line: Exclude<ExportLine, { kind: 'footer' }>): void {
    switch (line.kind) {
      case 'header':
        if (line.version !== EXPORT_VERSION) this.#report({ kind: 'version_unknown', version: line.version });
        return;
      case 'event':
        // Only where the header should be: it has been reported, and the event counts for nothing.
        return;
      case 'payload':
        this.#summary.payloads++;
        if (line.status === 'erased') this.#summary.erasedPayloads++;
        return;
      case 'head':
        if (this.#listed.has(line.stream)) this.#report({ kind: 'line_misplaced', line: this.#line, what: `a second head of ${line.stream}` });
        this.#listed.set(line.stream, { stream: line.stream, seq: line.seq, head: line.head });
        return;
      case 'base':
        return this.#base(line.jws);
      case 'checkpoint':
        return this.#checkpoint(line.jws);
    }
  }

  /** An export that begins later takes all heads from an earlier checkpoint, as far as its root bears them out. */
  #base(jws: string): void {
    if (this.#summary.events > 0 || this.#next.index !== 1 || this.#summary.checkpoints > 0) return this.#report({ kind: 'line_misplaced', line: this.#line, what: 'a base' });
    const checkpoint = this.#believe(jws);
    for (const head of this.#listed.values()) {
      this.#tree.set(head);
      this.#chains.begin(head);
    }
    this.#listed.clear();
    if (checkpoint) this.#holdRoot(checkpoint);
  }

  #checkpoint(jws: string): void {
    this.#summary.checkpoints++;
    const checkpoint = this.#believe(jws);
    for (const head of this.#listed.values()) {
      const before = this.#tree.head(head.stream);
      if (checkpoint && before && head.seq < before.seq) this.#report({ kind: 'stream_rewound', stream: head.stream, seq: head.seq, before: before.seq, checkpoint: checkpoint.index });
      this.#tree.set(head);
    }
    if (checkpoint && this.#holdRoot(checkpoint)) this.#chains.settle(checkpoint.index, this.#listed.keys(), (stream) => this.#tree.head(stream));
    else this.#chains.forget();
    this.#listed.clear();
  }

  /** Reads a checkpoint, checks its signature and its place among the others; undefined when it can't be believed. */
  #believe(jws: string): Checkpoint | undefined {
    const signed = verifyCheckpoint(jws, this.#keys);
    const unknown = !signed.ok && signed.reason === 'unknown_key';
    // A key that was rotated away: each checkpoint names the hash of the one before, so one that is signed with a key from
    // outside vouches for all that lead to it. Until such a one comes, these count for nothing.
    const result = unknown ? verifyCheckpoint(jws, undefined) : signed;
    if (!result.ok) {
      this.#refuse(jws, result.reason, { kind: 'checkpoint_forged', line: this.#line, reason: result.reason });
      this.#next = { index: this.#next.index + 1, previous: undefined };
      return undefined;
    }
    const { checkpoint, hash } = result;
    const isBase = this.#summary.checkpoints === 0;
    if (unknown) this.#unvouched ??= kidOf(jws);
    else if (checkpoint.index === this.#next.index && checkpoint.previous === this.#next.previous) {
      this.#vouched ??= this.#unvouched;
      this.#unvouched = undefined;
    }
    if (!isBase) this.#place(checkpoint);
    const known = this.#anchor?.hashes.get(checkpoint.index);
    if (known !== undefined && known !== hash) this.#report({ kind: 'anchor_differs', index: checkpoint.index });
    if (checkpoint.index >= this.#next.index || isBase) this.#next = { index: checkpoint.index + 1, previous: hash };
    if (checkpoint.index > (this.#summary.last?.index ?? 0)) this.#summary.last = { index: checkpoint.index, at: checkpoint.at };
    this.#summary.first ??= checkpoint.index;
    return checkpoint;
  }

  #place({ index, previous }: Checkpoint): void {
    const expected = this.#next;
    if (index < expected.index) this.#report({ kind: 'checkpoint_out_of_order', index });
    else if (index > expected.index) this.#report({ kind: 'checkpoint_missing', from: expected.index, to: index - 1 });
    else if (expected.previous !== undefined && previous !== expected.previous) this.#report({ kind: 'checkpoint_unlinked', index });
  }

  #holdRoot({ index, treeSize, root }: Checkpoint): boolean {
    const holds = this.#tree.size === treeSize && this.#tree.root().toString('hex') === root;
    // A wrong head stays wrong in every later root until its stream moves: it is named once.
    if (!holds && this.#rootsHold) this.#report({ kind: 'heads_changed', checkpoint: index });
    this.#rootsHold = holds;
    return holds;
  }

  #close(jws: string): void {
    this.#phase = 'closed';
    const signed = this.#keys ? verifyJws(jws, { keys: this.#keys, typ: EXPORT_TYP }) : readUnverifiedJws(jws);
    if (!signed.ok) return this.#refuse(jws, signed.reason, { kind: 'footer_forged', reason: signed.reason });
    const parsed = footerSchema.safeParse(signed.payload);
    if (!parsed.success) return this.#report({ kind: 'footer_forged', reason: 'bad_footer' });
    const said = parsed.data;
    const seen = this.#tally.footer(said.exportedAt);
    const wrong = (['lines', 'events', 'checkpoints', 'payloads'] as const).filter((name) => said[name] !== seen[name]).map((name) => `${said[name]} ${name} signed, ${seen[name]} there`);
    if (said.sha256 !== seen.sha256) this.#report({ kind: 'file_changed', what: wrong.join(', ') || 'as many lines, other content' });
  }

  #refuse(jws: string, reason: string, finding: Finding): void {
    if (reason !== 'unknown_key') return this.#report(finding);
    this.#untrusted ??= kidOf(jws);
  }

  #report(finding: Finding): void {
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push(finding);
    else this.#more++;
  }

  #result(): VerifyResult {
    const summary = this.#summary;
    const kid = this.#untrusted ?? this.#unvouched ?? (this.#findings.length > 0 ? this.#vouched : undefined);
    const untrusted: Finding[] = !this.#keys || kid !== undefined ? [{ kind: 'untrusted_key', kid }] : [];
    const findings = [...untrusted, ...this.#findings].map((finding) => ({ ...finding, sentence: sentenceOf(finding) }));
    const [first] = findings;
    if (!first) return { status: 'verified', summary, sentence: verifiedSentence(summary) };
    // What the file lacks because no key vouches for it is not a second fault.
    const faults = this.#findings.filter(({ kind }) => kind !== 'nothing_signed' && kind !== 'tail_uncovered').length + this.#more;
    const status = untrusted.length > 0 && faults === 0 ? 'untrusted_key' : 'failed';
    return { status, summary, sentence: first.sentence, findings, more: this.#more };
  }
}

function kidOf(jws: string): string {
  const claimed = readUnverifiedJws(jws);
  return claimed.ok && claimed.kid !== '' ? claimed.kid : 'without a name';
}

function verifiedSentence({ events, streams, checkpoints, first, last, erasedPayloads }: VerifySummary): string {
  const start = first === 1 ? '' : ` It begins after checkpoint ${first}; what came before is not in it.`;
  const erased = erasedPayloads === 0 ? '' : ` ${erasedPayloads} payload${erasedPayloads === 1 ? '' : 's'} erased; the events about them stand.`;
  return `Verified: ${events} events in ${streams} streams, unchanged and complete up to checkpoint ${last?.index} of ${last?.at} (${checkpoints} checkpoints, all vouched for by the given key).${start}${erased}`;
}
