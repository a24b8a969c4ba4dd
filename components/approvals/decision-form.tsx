'use client';

import { useRouter } from 'next/navigation';
import { lazy, startTransition, Suspense, useCallback, useRef, useState, type ReactNode } from 'react';
import { StepUp } from '@/components/access/step-up';
import { useStepUp } from '@/components/access/use-step-up';
import { useLive, useServerNow } from '@/components/live/live-provider';
import { useShortcuts } from '@/components/live/shortcuts';
import { TextField } from '@/components/ui/field';
import { useOpenings } from '@/components/ui/openings';
import { useToast } from '@/components/ui/toast';
import { useArmed } from '@/components/ui/use-armed';
import { ArmedStrip } from './armed-strip';
import { Answer } from './decision-answer';
import { DecisionButtons } from './decision-buttons';
import type { NarrowActions } from './narrow-view';
import { isOpen, type DecisionView, type BeginApproval, type Decide, type DecideInput, type DecideResult } from './view';

/** Fetched when it is opened: most cards are decided without it. */
const NarrowEditor = lazy(() => import('./narrow-editor').then((loaded) => ({ default: loaded.NarrowEditor })));

export type Press = 'deny' | 'deny_and_stop' | 'approve';

/** The sign-off below the card. Deny is first and never harder; approving takes two keys, and waits for what must be read first. */
export function DecisionForm({ view, decide, begin, narrow, decided, more }: { view: DecisionView; decide: Decide; begin: BeginApproval; narrow?: NarrowActions; /** Stands here once nothing can be decided any more. */ decided: ReactNode; more?: ReactNode }) {
  const router = useRouter();
  const toast = useToast();
  const { opened } = useOpenings();
  const { phase } = useLive();
  const overdue = useServerNow() >= new Date(view.decideBy).getTime();
  const { armed, secondsLeft, arm, disarm, target } = useArmed<'approve'>();
  const [sending, setSending] = useState<Press | null>(null);
  const [result, setResult] = useState<{ press: Press; answer: DecideResult } | null>(null);
  const [reason, setReason] = useState('');
  const [wantsReason, setWantsReason] = useState(false);
  const [narrowing, setNarrowing] = useState(false);

  // What was read as approving was armed is what is signed, whatever the card shows by now: the server then refuses it, with the difference.
  const read = useRef(view.digest);
  const key = useStepUp(useCallback(() => begin({ approvalId: view.id, digest: read.current }), [begin, view.id]));
  const { sign, reset } = key;
  const stepUp = view.may.approve && view.may.stepUp;
  const unread = view.may.approve ? view.may.mustOpen.filter((path) => !opened.has(path)) : [];
  const reasonMissing = view.may.approve && view.may.reasonRequired && reason.trim() === '';
  const live = isOpen(view.state) && !overdue && phase !== 'lost' && !sending;
  // Without the live connection what is shown may be of a while ago: saying no to that is safe, saying yes is not.
  const blind = phase === 'polling';
  const mayDeny = live && (view.may.approve || view.may.deny);
  const mayApprove = live && !blind && view.may.approve && unread.length === 0;

  const press = useCallback(async (what: Press) => {
    setSending(what);
    setResult(null);
    // Whatever is being signed is not waited for once something else is pressed.
    reset();
    let signed: DecideInput['stepUp'];
    if (what === 'approve' && stepUp) {
      disarm();
      const answer = await sign();
      if (!answer) return setSending(null);
      signed = answer;
    }
    const input: DecideInput = {
      approvalId: view.id, digest: what === 'approve' ? read.current : view.digest, verdict: what === 'approve' ? 'approve' : 'deny',
      ...(reason.trim() && { reason: reason.trim() }), ...(what === 'deny_and_stop' && { stopSession: true }), ...(signed && { stepUp: signed }),
    };
    const answer = await decide(input).catch((): DecideResult => ({ kind: 'unavailable', because: 'The server did not answer.' }));
    disarm();
    if (answer.kind === 'recorded') {
      toast(said[what]);
      // Until the card shows it nothing is pressed a second time: it would be told that somebody was first.
      return startTransition(() => { router.refresh(); setSending(null); });
    }
    setSending(null);
    if (answer.kind === 'step_up_required') return router.push(answer.url);
    setResult({ press: what, answer });
    router.refresh();
  }, [decide, disarm, reason, reset, router, sign, stepUp, toast, view.digest, view.id]);

  const ready = () => {
    if (reasonMissing) return setWantsReason(true);
    read.current = view.digest;
    arm('approve');
  };

  useShortcuts({
    d: () => mayDeny && isMeant(view.id) && void press('deny'),
    s: () => mayDeny && isMeant(view.id) && void press('deny_and_stop'),
    a: (event) => {
      event.preventDefault();
      if (mayApprove && isMeant(view.id)) ready();
    },
    '$mod+Enter': () => armed && mayApprove && !reasonMissing && isMeant(view.id) && void press('approve'),
  });

  const answer = <Answer result={result} onClose={() => setResult(null)} onReread={() => { setResult(null); router.refresh(); }} />;
  // What a press came to is told also when the card has moved on meanwhile: that is when somebody else was first.
  if (!isOpen(view.state) || overdue) return <footer className="sign-off" aria-label="What was decided">{answer}{decided}</footer>;
  return (
    <footer className="sign-off" aria-label="Decide">
      {answer}
      <StepUp state={key.state} signing="this approval" onAgain={() => mayApprove && void press('approve')} onLeave={key.leave} byCode={{ turn: key.turnToCode, give: key.giveCode }} />
      {armed && !blind && phase !== 'lost' && <ArmedStrip view={view} secondsLeft={secondsLeft} target={target} sending={sending === 'approve'} onFire={() => mayApprove && void press('approve')} onDisarm={disarm} />}
      {(wantsReason || (view.may.approve && view.may.reasonRequired)) && (
        <div className={wantsReason ? 'reason' : 'reason on-desk'}><TextField label="Reason" rows={1} maxLength={2_000} value={reason} onChange={(event) => setReason(event.target.value)} hint="Goes on the record, under your name. The agent reads it with the answer." {...(wantsReason && reasonMissing && { wrong: 'Approving needs a reason, such as “Confirmed with the customer by phone.”' })} /></div>
      )}
      <DecisionButtons view={view} unread={unread} lost={phase === 'lost'} blind={blind} sending={key.busy ? 'approve' : sending} armed={armed !== null} secondsLeft={secondsLeft}
        onPress={(what) => void press(what)} onArm={ready} onReason={() => setWantsReason(true)} {...(narrow && mayApprove && { onNarrow: () => setNarrowing(true) })} more={more} />
      {narrow && narrowing && (
        <Suspense fallback={null}>
          <NarrowEditor view={view} decide={decide} begin={begin} narrow={narrow} onClose={() => setNarrowing(false)} onDone={() => { setNarrowing(false); router.refresh(); }}
            onAnswer={(answer) => { setNarrowing(false); setResult({ press: 'approve', answer }); router.refresh(); }} />
        </Suspense>
      )}
    </footer>
  );
}

/** Whether a key means this card: in an open menu it means that, and on another line of the list the one whose card may be on its way here. */
function isMeant(id: string) {
  const line = (document.activeElement as HTMLElement | null)?.dataset.id;
  return (line === undefined || line === id) && !document.querySelector(':popover-open');
}

const said = {
  deny: { glyph: 'denied', title: 'Denied.', second: 'The agent is told now. Nothing was sent.' },
  deny_and_stop: { glyph: 'stop', title: 'Denied, and the session is being stopped.', second: 'Its other requests are cancelled.' },
  approve: { glyph: 'approved', title: 'Your signature is recorded.', second: 'The agent may do exactly this, once.' },
} as const;
