import { getApproval, usualOf, type ApprovalDetail } from '@/lib/approvals';
import type { Actor, Context } from '@/lib/context';
import { mayWithdraw } from '@/lib/approvals/rules';
import { hideSecrets } from '@/lib/inspect';
import { readStream, sessionStream } from '@/lib/log';
import { readPayloads } from '@/lib/payloads';
import { callSentence } from '@/lib/policies';
import { idSchema } from '@/lib/protocol/ids';
import type { ApprovalCardView } from '@/components/approvals/view';
import { untrustedSeqs, type Sources } from './argument-views';
import { bundleAt } from './bundle-at';
import { approvalCard } from './card-view';
import { mayDecide } from './may-decide';

/** A card reads the texts of this many sources; the others are named without. */
const MOST_SOURCES = 12;

/** The card of one approval for one person; undefined when there is none. */
export async function readCard(ctx: Context, person: Extract<Actor, { kind: 'person' }>, id: string): Promise<ApprovalCardView | undefined> {
  if (!idSchema.safeParse(id).success) return undefined;
  const detail = await getApproval(ctx, id);
  if (!detail) return undefined;
  const bundle = await bundleAt(detail.policyVersion);
  const tool = bundle?.tools.find((one) => one.name === detail.tool);
  const destination = tool && detail.args ? callSentence(tool, detail.args).destination : undefined;
  const [usual, sources] = await Promise.all([usualOf({ actionId: detail.actionId, agentId: detail.agentId, tool: detail.tool, destination }), readSources(detail)]);
  return approvalCard(detail, { tool, domains: bundle?.organisation.domains ?? [], usual, sources, may: mayDecide(person, detail), own: mayWithdraw(person, detail), sessionStopped: detail.session.state === 'stopped' });
}

/** What the sources are called, and for the untrusted ones what they said, so that the card can show which part of a value is theirs. */
async function readSources(detail: ApprovalDetail): Promise<Sources> {
  const seqs = [...new Set(detail.findings.flatMap((finding) => (finding.kind === 'untrusted_argument' && finding.path !== undefined && detail.provenance[finding.path] ? untrustedSeqs(detail.provenance[finding.path]!) : [])))].slice(0, MOST_SOURCES);
  const events = (await Promise.all(seqs.map((seq) => readStream(sessionStream(detail.sessionId), seq - 1, 1)))).flat();
  const payloadOf = new Map(events.flatMap((event) => {
    const data = event.data as { content?: { payloadId: string }; output?: { payloadId: string } | null };
    const payload = data.content ?? data.output;
    return payload ? [[event.seq, payload.payloadId] as const] : [];
  }));
  // Compared with, not shown: nobody reads them here. Their secrets are hidden as those of the arguments are, so that both still match.
  const payloads = await readPayloads(detail.sessionId, [...payloadOf.values()]);
  const text = (value: unknown) => (value === undefined ? undefined : asText(hideSecrets(value).value));
  return Object.fromEntries(Object.entries(detail.sources).map(([seq, { label }]) => {
    const payloadId = payloadOf.get(Number(seq));
    const said = payloadId === undefined ? undefined : text(payloads.get(payloadId));
    return [seq, said === undefined ? { label } : { label, text: said }];
  }));
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
