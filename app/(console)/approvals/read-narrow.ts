import type { NarrowField, NarrowView } from '@/components/approvals/narrow-view';
import { authorise } from '@/lib/access';
import { getApproval } from '@/lib/approvals';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/errors';
import { changeJudge } from '@/lib/gate';
import { membersOf, ordersOf } from '@/lib/narrowing';
import { escapeStep } from '@/lib/protocol/json-pointer';
import type { RegistryTool } from '@/lib/protocol/registry';

type Declared = Pick<RegistryTool, 'formats' | 'narrows'>;
/** Fields within fields are offered so far down. */
const DEEPEST = 3;

/** The arguments as the editor offers them, with what the tool declares to be less of each; secrets hidden as on the card. */
export async function readNarrow(ctx: Context, approvalId: string): Promise<NarrowView> {
  authorise(ctx, 'approval.decide');
  const detail = await getApproval(ctx, approvalId);
  if (!detail?.args) throw notFound('The arguments of this cannot be read, so they cannot be changed. It can be denied.');
  const tool = (await changeJudge.toolOf(detail.tool)) ?? { formats: {} };
  return { digest: detail.digest, fields: fieldsOf(tool, detail.args), raw: detail.hiddenSecrets === 0 ? JSON.stringify(detail.args, null, 2) : null };
}

function fieldsOf(tool: Declared, args: Record<string, unknown>, at = '', depth = 1): NarrowField[] {
  return Object.entries(args).flatMap(([name, value]) => {
    const path = `${at}/${escapeStep(name)}`;
    const field = fieldOf(tool, path, value);
    if (field.kind === 'fixed' && !field.removable && isRecord(value) && !Object.hasOwn(tool.formats, path) && depth < DEEPEST) return fieldsOf(tool, value, path, depth + 1);
    return [field];
  });
}

function fieldOf(tool: Declared, path: string, value: unknown): NarrowField {
  const orders = ordersOf(tool, path);
  const common = { path, name: path.slice(1).replaceAll('/', ' › '), text: typeof value === 'string' ? value : JSON.stringify(value), removable: orders.includes('remove') };
  const members = orders.includes('drop') ? membersOf(value, tool.formats[path]) : undefined;
  if (members && members.length > 1) return { ...common, kind: 'list', members: members.map((member) => (typeof member === 'string' ? member : JSON.stringify(member))) };
  const amount = orders.includes('lower') ? amountOf(value) : undefined;
  if (amount) return { ...common, kind: 'amount', ...amount, whole: value };
  if (orders.includes('deeper') && typeof value === 'string') return { ...common, kind: 'path' };
  return { ...common, kind: 'fixed' };
}

function amountOf(value: unknown): { amount: string; currency: string | null; form: 'object' | 'text' | 'number' } | undefined {
  if (typeof value === 'number') return { amount: String(value), currency: null, form: 'number' };
  if (typeof value === 'string') {
    const [amount = '', currency] = value.split(' ');
    return { amount, currency: currency ?? null, form: 'text' };
  }
  if (!isRecord(value) || typeof value.currency !== 'string') return undefined;
  return { amount: String(value.amount), currency: value.currency, form: 'object' };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
