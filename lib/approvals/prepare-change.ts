import { sql } from '@/lib/db';
import { conflict, invalid } from '@/lib/errors';
import { applyEdits, compareArguments, typedTexts, type ArgumentEdit, type Comparison } from '@/lib/narrowing';
import { readPayloads, sealValue, type SealedText } from '@/lib/payloads';
import type { CallSentence, Obligation } from '@/lib/policies';
import type { DecisionCode, Finding, Provenance, RuleHit } from '@/lib/protocol/decision';
import { actionDigest } from '@/lib/protocol/digest';
import type { RegistryTool } from '@/lib/protocol/registry';
import { checkJsonValue } from '@/lib/protocol/strict-json';
import type { Issue } from '@/lib/protocol/wire-error';

type Args = Record<string, unknown>;

/** What the gate's checks say about an action with other arguments; given by the gate, which this room does not know. */
export type Judged = {
  effect: 'allow' | 'deny' | 'ask'; code: DecisionCode; reason: string; issues: readonly Issue[]; rules: readonly RuleHit[]; findings: Finding[]; provenance: Provenance; obligation?: Obligation;
  policyVersion: string; sentence: CallSentence;
  /** Up to which event of the session's stream its facts were known. */
  knownTo: number;
  dataKey: Buffer;
};
export type ChangeJudge = {
  toolOf: (name: string) => Promise<Pick<RegistryTool, 'formats' | 'narrows'> | undefined>;
  judge: (change: { actionId: string; args: Args; typed: readonly string[] }) => Promise<Judged>;
};

/** What an approver asks for: the whole of the arguments, or what is done to some of them. */
export type Wanted = { args: Args } | { edits: readonly ArgumentEdit[] };

/** A change that was compared and judged, and waits for the lock. */
export type PreparedChange = {
  from: { digest: string; payloadId: string }; to: { digest: string; args: Args };
  comparison: Comparison; judged: Judged; sealed: SealedText; typed: SealedText | undefined;
};

/** The old arguments, the new ones, and what the tool's order says of them. Throws `conflict` when the digest is not what stands. */
export async function comparedChange(toolOf: ChangeJudge['toolOf'], approvalId: string, digest: string, wanted: Wanted): Promise<(Pick<PreparedChange, 'from' | 'to' | 'comparison'> & { actionId: string; sessionId: string; before: Args }) | undefined> {
  const [row] = await sql.rows<{ actionId: string; sessionId: string; tool: string; digest: string; payloadId: string | null }>(
    `SELECT p.action_id AS "actionId", p.session_id AS "sessionId", p.tool, p.digest, coalesce(x.final_payload_id, x.args_payload_id) AS "payloadId" FROM approval p JOIN action x ON x.id = p.action_id WHERE p.id = $1`, [approvalId]);
  // Told under the lock, where it is known what stands.
  if (!row || row.digest !== digest) return undefined;
  const before = row.payloadId === null ? undefined : (await readPayloads(row.sessionId, [row.payloadId])).get(row.payloadId);
  if (!row.payloadId || typeof before !== 'object' || before === null) throw conflict('The arguments of this were erased, so they cannot be changed. It can be denied.');
  const tool = (await toolOf(row.tool)) ?? { formats: {} };
  const args = argsOf(tool, before as Args, wanted);
  return { actionId: row.actionId, sessionId: row.sessionId, before: before as Args, from: { digest, payloadId: row.payloadId }, to: { digest: actionDigest(row.tool, args), args }, comparison: compareArguments(tool, before as Args, args) };
}

function argsOf(tool: Pick<RegistryTool, 'formats'>, before: Args, wanted: Wanted): Args {
  const edited = 'args' in wanted ? { ok: true as const, args: wanted.args } : applyEdits(tool, before, wanted.edits);
  if (!edited.ok) throw invalid(`${edited.path}: ${edited.message}.`, [{ path: `/args${edited.path}`, message: edited.message }]);
  const checked = checkJsonValue(edited.args);
  if (checked.ok) return edited.args;
  const { path, message } = checked.issues[0];
  throw invalid(`The arguments${path ? ` at ${path}` : ''} ${message}.`, [{ path: `/args${path}`, message }]);
}

/** Compares, judges and seals; nothing is written. Undefined where something else stands by now, or where nothing differs. */
export async function prepareChange({ toolOf, judge }: ChangeJudge, approvalId: string, digest: string, wanted: Wanted): Promise<PreparedChange | 'same' | undefined> {
  const compared = await comparedChange(toolOf, approvalId, digest, wanted);
  if (!compared) return undefined;
  const { from, to, comparison, before, actionId, sessionId } = compared;
  if (comparison.kind === 'same') return 'same';
  const typed = typedTexts(before, to.args);
  const judged = await judge({ actionId, args: to.args, typed });
  return { from, to, comparison, judged, sealed: sealValue(sessionId, judged.dataKey, 'args', to.args), typed: typed.length > 0 ? sealValue(sessionId, judged.dataKey, 'input', typed) : undefined };
}

/** The rules let the changed call through to nobody: said with what does not fit, and nothing is changed. */
export function refusedChange({ judged }: PreparedChange): never {
  if (judged.code === 'schema.invalid') throw invalid(judged.reason, judged.issues.map(({ path, message }) => ({ path: `/args${path}`, message })));
  throw conflict(`With these arguments the rules refuse it: ${judged.reason} Nothing was changed.`, { why: 'change_refused', code: judged.code, reason: judged.reason, rules: judged.rules.map(({ id }) => id) });
}
