import type { AskedRoute } from './schema';

/** As many as may be approved by one word. */
export const MOST_APPROVED = 20;

type Asked = { risk: AskedRoute['risk']; route: Pick<AskedRoute, 'stepUp' | 'reasonRequired'>; shape: string | null; revision: number };

/** Why a request can only be approved by itself; null where it may go with others of its shape. */
export function aloneBecause({ risk, route, shape, revision }: Asked): string | null {
  if (risk === 'critical') return 'It is critical: each is read and approved by itself.';
  if (route.stepUp) return 'Its route asks for a passkey: each is signed by itself.';
  if (revision > 1) return 'Its arguments were changed after it was asked: read it by itself.';
  if (shape === null) return 'The shape of its arguments is not known: read it by itself.';
  return null;
}

/** Why these may not be approved by one word, as a sentence; null when they may. Denying has no such rule. */
export function bulkRefusal(asked: readonly (Asked & { title: string; agentId: string; tool: string; ruleIds: readonly string[] })[], { reason }: { reason: string | undefined }): string | null {
  if (asked.length > MOST_APPROVED) return `At most ${MOST_APPROVED} are approved at once, so that each can be read; these are ${asked.length}. Deny has no such limit.`;
  const kinds = new Set(asked.map((one) => JSON.stringify([one.agentId, one.tool, [...one.ruleIds], one.shape])));
  if (kinds.size > 1) return `These are of ${kinds.size} shapes. Only requests of one agent, tool, rule and shape of arguments are approved together.`;
  for (const one of asked) {
    const because = aloneBecause(one);
    if (because) return `“${one.title.slice(0, 120)}” cannot be approved with others. ${because}`;
  }
  if (!reason?.trim() && asked.some(({ route }) => route.reasonRequired)) return 'This route asks for a reason when it is approved. Write one; it goes on the record of each.';
  return null;
}
