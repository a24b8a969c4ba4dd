import type { Peek } from '@/components/sessions/view';
import { approvalStanding } from '@/lib/approvals';
import type { Context } from '@/lib/context';
import { hideSecrets } from '@/lib/inspect';
import { readStream, sessionStream, type LoggedEvent } from '@/lib/log';
import { readPayloads, readPayloadsFor, type ShownPayload } from '@/lib/payloads';
import { argumentViews, untrustedSeqs } from '../approvals/argument-views';
import { bundleAt } from '../approvals/bundle-at';
import { argumentOrder } from '../approvals/card-view';
import { eventWords } from './event-sentence';

type Sealed = { payloadId: string; rendering: string };
type Finding = { kind: string; path?: string };
type Data = {
  actionId?: string; approvalId?: string; tool?: string; policyVersion?: string; reason?: string | null; code?: string; rules?: { id: string; effect: string }[]; findings?: Finding[];
  provenance?: Parameters<typeof argumentViews>[1]; args?: Sealed; content?: Sealed; output?: Sealed | null; rationale?: Sealed; trusted?: boolean; source?: string | null; decideBy?: string; digest?: string; durationMs?: number | null;
};

/** One event whole: the sealed texts are opened for it, as far as they were not erased. That the person read them is on the record. */
export async function readPeek(ctx: Context, sessionId: string, seq: number): Promise<Peek | undefined> {
  const [event] = await readStream(sessionStream(sessionId), seq - 1, 1);
  if (!event || event.seq !== seq) return undefined;
  const data = event.data as Data;
  const { sentence, verdict } = eventWords(event);
  const refs = [data.args, data.content, data.output, data.rationale].filter((one): one is Sealed => Boolean(one));
  const [opened, asked] = await Promise.all([readPayloadsFor(ctx, { sessionId, payloadIds: refs.map((one) => one.payloadId), why: `event ${seq}` }), data.approvalId ? approvalStanding(data.approvalId) : undefined]);
  const open = asked !== undefined && (asked.state === 'pending' || asked.state === 'partially_approved');
  return {
    seq, step: seq, title: sentence, recordedAt: event.recordedAt, hash: event.hash,
    ...(verdict ? { verdict } : {}), ...(data.approvalId ? { approvalId: data.approvalId } : {}), ...(open ? { decideBy: asked.decideBy } : {}),
    ...(data.reason ? { reason: data.reason } : {}), ...(data.code ? { code: data.code } : {}),
    ...(data.rules ? { rules: data.rules.filter((rule): rule is { id: string; effect: 'permit' | 'forbid' | 'ask' } => ['permit', 'forbid', 'ask'].includes(rule.effect)) } : {}),
    ...(await argumentsOf(sessionId, data, opened)), ...textOf(event, data, opened), ...hiddenIn(data, opened), ...erasedIn(opened),
  };
}

type Opened = ReadonlyMap<string, ShownPayload>;
const valueIn = (opened: Opened, id: string): unknown => {
  const shown = opened.get(id);
  return shown?.kind === 'text' ? shown.value : undefined;
};

function hiddenIn(data: Data, opened: Opened): Pick<Peek, 'hidden'> {
  const parts = [[data.args, 'the arguments'], [data.content ?? data.output ?? undefined, 'the text'], [data.rationale, 'the reason']] as const;
  const hidden = parts.flatMap(([sealed, of]) => {
    const shown = sealed && opened.get(sealed.payloadId);
    return shown?.kind === 'text' && shown.hidden > 0 ? [{ payloadId: sealed!.payloadId, of, count: shown.hidden }] : [];
  });
  return hidden.length > 0 ? { hidden } : {};
}

function erasedIn(opened: Opened): Pick<Peek, 'erased'> {
  const erased = [...opened.values()].find((shown) => shown.kind === 'erased');
  return erased ? { erased: { at: erased.at, by: erased.by, why: erased.why } } : {};
}

async function argumentsOf(sessionId: string, data: Data, opened: Opened): Promise<Pick<Peek, 'arguments' | 'path'>> {
  const args = data.args && valueIn(opened, data.args.payloadId);
  if (typeof args !== 'object' || args === null) return {};
  const provenance = data.provenance ?? {};
  const tainted = new Set((data.findings ?? []).flatMap((finding) => (finding.kind === 'untrusted_argument' && finding.path ? [finding.path] : [])));
  const seqs = [...new Set([...tainted].flatMap((path) => (provenance[path] ? untrustedSeqs(provenance[path]!) : [])))].sort((a, b) => a - b).slice(0, 12);
  const events = (await Promise.all(seqs.map((seq) => readStream(sessionStream(sessionId), seq - 1, 1)))).flat();
  // Compared with, not shown.
  const texts = await readPayloads(sessionId, events.flatMap((event) => sealedOf(event)?.payloadId ?? []));
  const sources = Object.fromEntries(events.map((event) => {
    const text = hideSecrets(texts.get(sealedOf(event)?.payloadId ?? '')).value;
    return [event.seq, { label: labelOf(event), ...(text === undefined ? {} : { text: typeof text === 'string' ? text : JSON.stringify(text) }) }];
  }));
  return {
    arguments: argumentViews(args as Record<string, unknown>, provenance, tainted, sources, argumentOrder((await bundleAt(data.policyVersion ?? ''))?.tools.find((tool) => tool.name === data.tool))),
    ...(events.length > 0 ? { path: events.map((event) => ({ seq: event.seq, step: event.seq, what: labelOf(event), how: 'its text is in an argument', tainted: true })) } : {}),
  };
}

const sealedOf = (event: LoggedEvent): Sealed | undefined => (event.data as Data).content ?? (event.data as Data).output ?? undefined;
const labelOf = (event: LoggedEvent): string => {
  const data = event.data as Data;
  return data.source ?? (data.tool ? `the result of ${data.tool}` : event.type);
};

function textOf(event: LoggedEvent, data: Data, opened: Opened): Pick<Peek, 'text'> {
  const sealed = data.content ?? data.output ?? data.rationale;
  if (!sealed) return {};
  const value = valueIn(opened, sealed.payloadId);
  const label = data.content ? (data.source ?? 'Text') : data.output ? 'Output' : 'Written by the agent, not verified';
  const text = value === undefined ? `${sealed.rendering}\n(The text itself is gone; this is its redacted rendering.)` : typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return { text: { label, text, untrusted: data.trusted === false || event.type === 'action.finished' } };
}
