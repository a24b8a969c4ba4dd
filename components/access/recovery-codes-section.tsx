'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Seal } from '@/components/ui/glyphs';
import { sayDay } from '@/components/ui/say-time';
import { CodesOnce } from './codes-once';
import { ProofForm, type ProofKind } from './proof-form';
import type { Answer, RecoveryCodesView } from './view';

type Props = { recovery: RecoveryCodesView; proof: ProofKind; make: (proof: string) => Promise<Answer<{ codes: string[] }>> };

/** How many recovery codes are left, and new ones. */
export function RecoveryCodesSection({ recovery, proof, make }: Props) {
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const [codes, setCodes] = useState<string[] | null>(null);
  const send = async (typed: string) => {
    const made = await make(typed);
    if (!made.ok) return made.because;
    setAsking(false);
    setCodes(made.value.codes);
    router.refresh();
  };
  return (
    <section className="factor">
      <h2 className="!text-text">Recovery codes</h2>
      {recovery.made === 0
        ? <p className="body">None. They open your account, after the password, when the app or the passkey is lost.</p>
        : <p className="factor-state"><Seal name={recovery.left > 2 ? 'verified' : 'asked'} tone={recovery.left > 2 ? 'ok' : 'wait'} /><span><b>{recovery.left} of {recovery.made} left</b>, made {sayDay(recovery.madeAt!)}. {recovery.left > 2 ? 'Each works once.' : 'Make new ones before you need them.'}</span></p>}
      {asking ? <ProofForm kind={proof} act="Make ten new codes" send={send} leave={() => setAsking(false)} /> : <Button onClick={() => setAsking(true)}>{recovery.made === 0 ? 'Make recovery codes' : 'Make new codes'}</Button>}
      <CodesOnce codes={codes} onDone={() => setCodes(null)} />
    </section>
  );
}
