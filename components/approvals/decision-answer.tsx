'use client';

import { Fragment } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Seal } from '@/components/ui/glyphs';
import { VisibleText } from '@/components/ui/visible';
import type { Press } from './decision-form';
import type { DecideOutcome, DecideResult } from './view';

type Props = { result: { press: Press; answer: DecideResult } | null; onClose: () => void; onReread: () => void };

/** What a press came to when it changed nothing: somebody was first, the request moved, or the server refused. */
export function Answer({ result, onClose, onReread }: Props) {
  if (!result) return null;
  const { press, answer } = result;
  const yours = press === 'approve' ? 'approval' : 'denial';
  switch (answer.kind) {
    case 'first_was':
      return (
        <Dialog open onClose={onClose} title={answer.verdict === 'expired' ? 'Time was up first.' : answer.verdict === 'stopped' || answer.verdict === 'cancelled' ? `It was ${answer.verdict} first.` : `${answer.by.slice(0, 80)} decided first.`}>
          <p className="body">It was {answer.verdict} {answer.secondsBefore < 1 ? 'less than a second' : `${Math.round(answer.secondsBefore)} s`} before you. Your {yours} was not recorded.</p>
          {answer.reason && <p className="body">“<VisibleText text={answer.reason} />”</p>}
          <div className="actions"><Button tone="strong" autoFocus onClick={onReread}>Close</Button></div>
        </Dialog>
      );
    case 'stale_digest':
      return (
        <div className="answer" role="alert">
          <Seal name="broken" tone="text" />
          <div>
            <b>The request changed while you read. Your {yours} was not recorded.</b>
            {answer.changes.length === 0 ? 'It is bound to another digest now.' : 'This is different:'}
            {answer.changes.length > 0 && <div className="changes">{answer.changes.map((change) => <Fragment key={change.name}><span className="quiet-text"><VisibleText text={change.name} /></span><del><VisibleText text={change.before} /></del><ins><VisibleText text={change.after} /></ins></Fragment>)}</div>}
          </div>
          <Button onClick={onReread}>Read it again</Button>
        </div>
      );
    case 'in_part':
      return (
        <div className="answer" role="alert">
          {answer.stop.ok ? <Seal name="stop" tone="stop" /> : <span className="hatch-box" data-size="20" />}
          <div><b>{answer.stop.ok ? 'The session is being stopped.' : 'The session was not stopped.'} {denialWords(answer.decision)}</b>{!answer.stop.ok && answer.stop.because} {why(answer.decision)}</div>
          <Button onClick={onReread}>Close</Button>
        </div>
      );
    case 'refused':
    case 'unavailable':
      return (
        <div className="answer" role="alert">
          <span className="hatch-box" data-size="20" />
          <div><b>{answer.kind === 'refused' ? `Your ${yours} was refused.` : `Your ${yours} is not recorded.`}</b>{answer.because} {answer.kind === 'unavailable' && 'It still waits; press again. If nobody decides, it counts as denied.'}</div>
          <Button onClick={onClose}>Close</Button>
        </div>
      );
    default:
      return null;
  }
}

function denialWords(outcome: DecideOutcome) {
  if (outcome.kind === 'recorded') return 'Your denial is recorded.';
  if (outcome.kind === 'first_was') return `Your denial was not recorded: it was ${outcome.verdict} ${outcome.verdict === 'approved' || outcome.verdict === 'denied' ? `by ${outcome.by.slice(0, 80)} ` : ''}before you.`;
  return 'Your denial was not recorded.';
}

const why = (outcome: DecideOutcome) => (outcome.kind === 'refused' || outcome.kind === 'unavailable' ? outcome.because : outcome.kind === 'stale_digest' ? 'The request changed while you read.' : '');
