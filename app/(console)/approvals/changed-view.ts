import type { ChangedView } from '@/components/approvals/narrow-view';
import { differenceOf, type ApprovalDetail, type ArgumentChange } from '@/lib/approvals';

/** Who made what of the arguments, in sentences, and how they differ from what was asked; undefined where nobody changed them. */
export function changedView({ changes, askedArgs, args }: Pick<ApprovalDetail, 'changes' | 'askedArgs' | 'args'>): ChangedView | undefined {
  if (changes.length === 0) return undefined;
  return { lines: changes.map(lineOf), difference: askedArgs && args ? differenceOf(askedArgs, args) : [] };
}

function lineOf({ kind, by, steps }: ArgumentChange): string {
  const words = steps.slice(0, 4).map(({ path, how, of }) => {
    const name = path.slice(1).replaceAll('/', ' › ');
    return how === 'dropped' && of ? `dropped ${of.before - of.after} of ${of.before} in ${name}` : `${verbs[how]} ${name}`;
  });
  const more = steps.length > 4 ? `, and ${steps.length - 4} more` : '';
  return `${kind === 'narrowing' ? 'Narrowed' : 'Replaced'} by ${by}: ${words.join(', ')}${more}.${kind === 'replacement' ? ` ${by}’s signature does not count.` : ''}`;
}

const verbs = { dropped: 'dropped from', lowered: 'lowered', deeper: 'went further down in', removed: 'left out', replaced: 'replaced', added: 'added' } as const;
