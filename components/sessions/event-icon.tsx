import { Bot, CornerDownRight, Cpu, Eye, Hand, ListChecks, MessageSquare, OctagonX, Power, UserRound, Wrench, type LucideIcon } from 'lucide-react';
import type { EventKind } from './view';

const kinds: Record<EventKind, [word: string, icon: LucideIcon]> = {
  person: ['person', UserRound], input: ['input', MessageSquare], plan: ['plan', ListChecks], model_call: ['model call', Cpu], action: ['action', Wrench],
  approval: ['approval', Hand], result: ['result', CornerDownRight], finding: ['finding', Eye], agent: ['agent', Bot], session: ['session', Power], stop: ['stop', OctagonX],
};

export function EventKindMark({ kind }: { kind: EventKind }) {
  const [word, Icon] = kinds[kind];
  return <span className="kind"><Icon size={14} strokeWidth={1.75} aria-hidden="true" />{word}</span>;
}
