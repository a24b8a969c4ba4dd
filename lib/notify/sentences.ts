import type { NoticeBody } from './schema';

const count = (n: number, one: string, many: string) => (n === 1 ? one : `${n.toLocaleString('en')} ${many}`);
const outcomeWords = { approved: 'was approved', denied: 'was denied', expired: 'ran out of time: nobody decided, so it is a no', cancelled: 'was cancelled', settled: 'is settled' } as const;
const listed = (names: readonly string[]) => names.join(', ');

/**
 * One sentence of what a notice says, of words of our own, names that people gave and the tool's. No text of the agent's is in it, so that a
 * chat or a pager carries neither arguments nor orders.
 */
export function sentenceOf(body: NoticeBody): string {
  switch (body.type) {
    case 'approval.asked': return `${riskWord(body)} risk: ${body.agent} wants to call ${toolOf(body)} and waits for a person (${listed(body.routes)}).`;
    case 'approval.escalated': return `Escalated, ${body.risk} risk: ${body.agent} still waits to call ${toolOf(body)}, and nobody has decided (${listed(body.routes)}).`;
    case 'approval.unmet': return `Nobody can decide this, ${body.risk} risk: ${body.agent} wants to call ${toolOf(body)}, and too few people fit the route (${listed(body.routes)}).`;
    case 'approval.resolved': return `The question ${outcomeWords[body.outcome]}${body.by === null ? '' : ` by ${body.by}`}.`;
    case 'approvals.more': return `${count(body.waiting, 'One more waits', 'more wait')} for a person (${listed(body.routes)}), ${body.risk} risk at most.`;
    case 'approvals.settled': return 'None of those that were told of together waits any more.';
    case 'alert.raised': return `Alert, ${body.severity}: ${body.detector} saw ${body.kind.replaceAll(/[_-]/g, ' ')}${body.agent === null ? '' : ` in a session of ${body.agent}`} (rule ${body.rule}).`;
    case 'alert.resolved': return `The alert was closed: ${body.as}.`;
    case 'channel.test': return `A test page, sent by ${body.by}. Nothing needs you.`;
  }
}

const riskWord = ({ risk }: { risk: string }) => risk[0]!.toUpperCase() + risk.slice(1);
const toolOf = ({ tool, classes }: { tool: string; classes: readonly string[] }) => (classes.length === 0 ? tool : `${tool} (${listed(classes)})`);

/** For a pager's colours and a mail's first word. */
export function severityOf(body: NoticeBody): 'critical' | 'error' | 'warning' | 'info' {
  if (body.type === 'channel.test') return 'info';
  const level = 'risk' in body ? body.risk : 'severity' in body ? body.severity : 'low';
  return level === 'critical' ? 'critical' : level === 'high' ? 'error' : level === 'medium' ? 'warning' : 'info';
}
