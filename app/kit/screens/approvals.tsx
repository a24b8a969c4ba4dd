import type { ReactNode } from 'react';
import { ApprovalCard } from '@/components/approvals/approval-card';
import { ApprovalQueue } from '@/components/approvals/approval-queue';
import { ApprovalsScreen } from '@/components/approvals/approvals-screen';
import type { QueueAsk, QueueShow } from '@/components/approvals/queue-address';
import type { ApprovalCardView, ApprovalRow, QueueStretch } from '@/components/approvals/view';
import { BackLine } from '@/components/shell/back-line';
import { Empty, ErrorPanel, Skeleton } from '@/components/ui/states';
import { bulkInKit, decideInKit, keyInKit, viewsInKit } from '../actions';
import { card, decidedRows, easyCard, hostileCard, rows } from '../fixtures/approvals';
import { at } from '../fixtures/clock';
import { KitFrame, lost } from '../frame';

const counts = { yours: 5, others: 3, matching: 8, fresh: 0, decided: 11 };
const ask = (show: QueueShow): QueueAsk => ({ show, sort: 'left', grouped: false, search: '' });
const stretch = (list: ApprovalRow[]): QueueStretch => ({ rows: list, whole: true, counts: list.length > 0 ? counts : { ...counts, yours: 0, others: 0, matching: 0 }, groups: null, left: [], at: at(0) });
const acts = { bulk: { begin: bulkInKit, look: bulkInKit, goOn: bulkInKit, leave: bulkInKit }, views: { save: viewsInKit, drop: viewsInKit }, may: { deny: true, approve: true } };

function screen(view: ApprovalCardView | null, options: { list?: ApprovalRow[]; filter?: QueueShow; still?: typeof lost } = {}) {
  const list = options.list ?? rows;
  return function Screen() {
    return (
      <KitFrame {...(options.still && { still: options.still })}>
        <ApprovalsScreen
          view={view ? 'card' : 'list'}
          queue={<ApprovalQueue {...acts} first={stretch(list)} ask={ask(options.filter ?? 'yours')} selectedId={view?.id ?? rows[0]!.id} pace="You decided 3 in ten minutes, 41 s each."
            empty={<Empty title="Nothing needs you." facts="14 agents running, 0 stopped, last event 2 s ago, last drill 12 days ago." />} />}
          card={<>{view && <BackLine line="1 of 5" />}<ApprovalCard view={view ?? card} decide={decideInKit} begin={keyInKit} /></>}
        />
      </KitFrame>
    );
  };
}

export const approvalScreens: Record<string, () => ReactNode> = {
  approvals: screen(null),
  'approvals-card': screen(card),
  'approvals-easy': screen(easyCard),
  'approvals-hostile': screen(hostileCard),
  'approvals-lost': screen(card, { still: lost }),
  'approvals-decided': screen(null, { list: decidedRows, filter: 'decided' }),
  'approvals-denied': screen({ ...card, state: { kind: 'denied', at: at(-12), by: 'Mara Lindqvist', agentToldAt: at(-11), sessionStopped: true, reason: 'The address came from the ticket.' } }),
  'approvals-approved': screen({ ...easyCard, state: { kind: 'approved', at: at(-5), useBy: at(175) }, signatures: [easyCard.signatures[0]!, { kind: 'signed', by: 'Mara Lindqvist', at: at(-5), via: 'console' }] }),
  'approvals-expired': screen({ ...card, state: { kind: 'expired', at: at(-2) }, decideBy: at(-2) }),
  'approvals-refused': screen({ ...easyCard, may: { approve: false, deny: true, because: 'You started this session: you cannot approve what it asks. You can deny it.' } }),
  'approvals-urgent': screen({ ...easyCard, decideBy: at(47) }),
  'approvals-empty': () => (
    <KitFrame>
      <ApprovalsScreen view="list" queue={<ApprovalQueue {...acts} first={stretch([])} ask={ask('yours')} empty={<Empty title="Nothing needs you." facts="14 agents running, 0 stopped, last event 2 s ago, last drill 12 days ago." />} />} card={<div className="approvals-none" />} />
    </KitFrame>
  ),
  'approvals-loading': () => <KitFrame><div className="page"><Skeleton rows={5} /></div></KitFrame>,
  'approvals-error': () => <KitFrame><div className="page page-read"><ErrorPanel title="The list could not be read." holds="The database did not answer for 5 s. Nothing is allowed without an answer." /></div></KitFrame>,
};
