'use client';

import type { ReactNode } from 'react';
import { Ellipsis, ListMinus, Lock, MessageSquare } from 'lucide-react';
import { Button, DeadButton } from '@/components/ui/button';
import { Glyph } from '@/components/ui/glyphs';
import { Key } from '@/components/ui/key';
import { Menu } from '@/components/ui/menu';
import { useHydrated } from '@/components/ui/use-hydrated';
import { VerdictLine } from '@/components/ui/verdict-line';
import { VisibleText } from '@/components/ui/visible';
import type { Press } from './decision-form';
import type { DecisionView } from './view';

type Props = {
  view: DecisionView; unread: string[]; lost: boolean; /** Only plain HTTPS answers: what stands here may be of a while ago. */ blind: boolean; sending: Press | null; armed: boolean; secondsLeft: number;
  onPress: (press: Press) => void; onArm: () => void; onReason: () => void; onNarrow?: () => void;
  /** What else may be done about it, as items of the menu. */
  more?: ReactNode;
};

export function DecisionButtons({ view, unread, lost, blind, sending, armed, secondsLeft, onPress, onArm, onReason, onNarrow, more }: Props) {
  const hydrated = useHydrated();
  if (lost) {
    return (
      <div className="acts">
        <DeadButton data-size="large">Deny</DeadButton><DeadButton data-size="large">Deny and stop</DeadButton>
        <p className="why-not">Not connected: nothing can be recorded from here. If nobody decides, it counts as denied.</p>
      </div>
    );
  }
  const busy = sending !== null || !hydrated;
  const mayDeny = view.may.approve || view.may.deny;
  return (
    <div className="acts">
      <Button tone="strong" size="large" disabled={busy || !mayDeny} onClick={() => onPress('deny')} aria-keyshortcuts="d">
        {sending === 'deny' ? <span className="spinner" /> : <Glyph name="denied" />}Deny<Key>d</Key>
      </Button>
      <Button tone="halt" size="large" disabled={busy || !mayDeny} onClick={() => onPress('deny_and_stop')} aria-keyshortcuts="s">
        {sending === 'deny_and_stop' ? <span className="spinner" /> : <Glyph name="stop" size={14} />}<span>Deny and stop<span className="on-desk"> session</span></span><Key>s</Key>
      </Button>
      {view.may.approve ? (
        <div className="approve flex gap-2">
          {blind ? <BlindApproval /> : armed
            ? <span className="button" data-size="large" data-tone="quiet"><VerdictLine verdict="armed" glyph="partly" word={`Armed, ${secondsLeft} s left`} /></span>
            : <ApproveButton view={view} unread={unread} busy={busy} onArm={onArm} />}
          <MoreMenu busy={busy} onReason={onReason} onNarrow={onNarrow} more={more} />
        </div>
      ) : <div className="approve flex gap-2"><p className="why-not flex-1">{view.may.because}</p>{mayDeny && <MoreMenu busy={busy} onReason={onReason} more={more} />}</div>}
    </div>
  );
}

/** What is done more seldom: a reason, and what the card was given besides, such as changing the arguments or asking others. */
function MoreMenu({ busy, onReason, onNarrow, more }: { busy: boolean; onReason: () => void; onNarrow?: (() => void) | undefined; more: ReactNode }) {
  return (
    <Menu label="More" size="large" trigger={<Ellipsis size={16} aria-hidden="true" />} disabled={busy}>
      <button type="button" className="item" onClick={onReason}><MessageSquare size={14} strokeWidth={1.75} aria-hidden="true" />Give a reason</button>
      {onNarrow && <button type="button" className="item" onClick={onNarrow}><ListMinus size={14} strokeWidth={1.75} aria-hidden="true" />Narrow the arguments</button>}
      {more}
    </Menu>
  );
}

function ApproveButton({ view, unread, busy, onArm }: { view: DecisionView; unread: string[]; busy: boolean; onArm: () => void }) {
  if (unread.length > 0) {
    const first = view.arguments.find((item) => item.path === unread[0])?.name ?? 'value';
    const stepUp = view.may.approve && view.may.stepUp;
    return (
      <Button tone="hand" size="large" locked onClick={() => showUnread(first)}>
        <Lock size={14} strokeWidth={1.75} aria-hidden="true" />Approve once
        <small>open the <VisibleText text={first.slice(0, 24)} />{unread.length > 1 && ` and ${unread.length - 1} more`} first{stepUp && <span className="wide-only on-desk">, then {view.may.approve && view.may.byCode ? 'passkey or code' : 'passkey'}</span>}</small>
      </Button>
    );
  }
  return <Button tone="hand" size="large" disabled={busy} onClick={onArm} data-arm="approve" aria-keyshortcuts="a"><Glyph name="asked" size={14} />Approve once<Key>a</Key></Button>;
}

/** Keeps its place and says what it waits for. */
const BlindApproval = () => <Button tone="hand" size="large" disabled><Lock size={14} strokeWidth={1.75} aria-hidden="true" />Approve once<small>Approving waits for the live connection</small></Button>;

/** A press on the locked button leads to what must be opened. */
function showUnread(name: string) {
  const expander = [...document.querySelectorAll<HTMLElement>('.card .expander')].find((button) => button.getAttribute('aria-label')?.endsWith(` of ${name}`));
  expander?.scrollIntoView({ block: 'center' });
  expander?.focus();
}
