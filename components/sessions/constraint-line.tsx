import Link from 'next/link';
import { AskWhy, type Reasoned } from '@/components/ui/ask-why';
import type { ConstraintView } from './view';

/** That a session is held to less, why, and for whoever may: the way to lift it, which asks for a reason. */
export function ConstraintLine({ constraint, sessionId, shortId, lift }: { constraint: ConstraintView; sessionId: string; shortId: string; lift?: Reasoned }) {
  return (
    <div className="session-held">
      <p><b>Constrained</b> since <Link className="link" href={`/sessions/${sessionId}?at=${constraint.seq}`} prefetch={false}>event {constraint.seq}</Link>. {constraint.sentence} Fewer tools are left to it, and more waits for a person.</p>
      {lift && (
        <AskWhy
          ask={lift}
          words={{
            opens: 'Lift it…', title: `Lift what session ${shortId} is held to`, keep: 'Keep it constrained', act: `Lift it for session ${shortId}`, hint: 'It stands in the session’s record, with your name.',
            text: 'From its next call on the rules alone decide. The text that was read stays read: read it before you lift this. Whatever is seen later constrains the session again.',
            unanswered: 'Look whether it was lifted before you try again.', done: { title: `Session ${shortId} is not constrained any more.`, second: 'The rules alone decide again, from its next call on.' },
          }}
        />
      )}
    </div>
  );
}
