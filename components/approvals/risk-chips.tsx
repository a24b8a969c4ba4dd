import { Banknote, LogOut, Shrink, Sparkle, Undo2, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { Chip } from '@/components/ui/chip';
import { Glyph } from '@/components/ui/glyphs';
import type { RiskMark } from './view';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
const marks: Record<RiskMark, [words: ReactNode, icon: ReactNode]> = {
  irreversible: ['Irreversible', <Undo2 key="i" {...icon} />],
  external: ['External', <LogOut key="e" {...icon} />],
  tainted: [<span key="w">Untrusted<span className="long"> arguments</span></span>, <Glyph key="t" name="untrusted" size={14} />],
  first_time: ['First time for this agent', <Sparkle key="f" {...icon} />],
  constrained: ['Constrained session', <Shrink key="c" {...icon} />],
  money: ['Moves money', <Banknote key="m" {...icon} />],
  many_records: ['Many people’s records', <Users key="r" {...icon} />],
};

/** Risk in words, four at most, in the order that the server weighed them. That the session is constrained is in the sentence below; a phone has no second line for it. */
export function RiskChips({ items }: { items: readonly RiskMark[] }) {
  if (items.length === 0) return null;
  return <div className="card-risks">{items.slice(0, 4).map((mark) => <Chip key={mark} onDesk={mark === 'constrained'} icon={marks[mark][1]} {...(mark === 'tainted' && { tone: 'taint' as const })}>{marks[mark][0]}</Chip>)}</div>;
}
