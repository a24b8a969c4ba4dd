import type { NowView } from './view';

const words = ['Nothing', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten', 'Eleven', 'Twelve'];
const say = (n: number) => words[n] ?? n.toLocaleString('en');

/** The answer to "what needs me?", first. */
export function nowHeadline({ sections, facts }: NowView): string {
  const things = sections.reduce((sum, section) => sum + section.rows.length, 0);
  const needs = things === 0 ? 'Nothing needs you.' : things === 1 ? 'One thing needs you.' : `${say(things)} things need you.`;
  const late = facts.unconfirmed === 0 ? '' : facts.stopped === 1 ? ', not confirmed in time' : `, ${say(facts.unconfirmed).toLowerCase()} not confirmed in time`;
  const stopped = facts.stopped === 0 ? '' : facts.stopped === 1 ? ` One stop stands${late}.` : ` ${say(facts.stopped)} stops stand${late}.`;
  return needs + stopped;
}
