import { isWavedThrough } from '@/lib/flow/rules';
import type { FlowView } from './view';

const many = (count: number, one: string, more: string) => `${count === 1 ? 'One' : count.toLocaleString('en')} ${count === 1 ? one : more}`;

/** The page's first words: the most pressing thing that its figures say. */
export function flowHeadline({ floods, expired, rules, bins, days }: Pick<FlowView, 'floods' | 'expired' | 'rules' | 'bins' | 'days'>): string {
  if (floods.length > 0) return floods.length === 1 ? 'One agent is paused: it asked more than anybody can answer.' : `${floods.length} agents are paused: they asked more than anybody can answer.`;
  if (expired.unseen > 0) return `${many(expired.unseen, 'question', 'questions')} ran out that nobody saw.`;
  const waved = rules.filter(isWavedThrough).length;
  if (waved > 0) return `${many(waved, 'rule is', 'rules are')} waved through.`;
  return bins.some((bin) => bin.granted + bin.denied + bin.expired > 0) ? 'What is asked is seen and weighed.' : `Nobody was asked anything in ${days} days.`;
}
