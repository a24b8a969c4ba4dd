'use client';

import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import type { CredentialAct, CredentialProof, PasskeyView } from '@/lib/access/schema';
import { makeKey } from './ask-key';
import { noAnswer, wantsProof, type ManagePasskeys } from './manage-passkeys';
import { RemoveDialog, RenameDialog } from './passkey-dialogs';
import { ProveDialog } from './prove-dialog';
import { StepUp } from './step-up';
import type { StepUpState } from './use-step-up';

/** What waits for a proof, and goes on with it. */
type Waiting = { act: CredentialAct; goOn: (proof: CredentialProof) => Promise<string | undefined> };

/** One's passkeys: a way in, and what approvals and releases are signed with. */
export function Passkeys({ passkeys, manage }: { passkeys: readonly PasskeyView[]; manage: ManagePasskeys }) {
  const router = useRouter();
  const toast = useToast();
  const [name, setName] = useState('');
  const [key, setKey] = useState<StepUpState>({ kind: 'idle' });
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const [renaming, setRenaming] = useState<PasskeyView | null>(null);
  const [removing, setRemoving] = useState<PasskeyView | null>(null);

  const done = (title: string) => {
    setWaiting(null);
    toast({ glyph: 'done', title });
    router.refresh();
  };

  /** Gives what stands in the way, or nothing. */
  const add = async (proof?: CredentialProof): Promise<string | undefined> => {
    setKey({ kind: 'asking' });
    const begun = await manage.begin(proof).catch(noAnswer);
    if (!begun.ok) {
      setKey(wantsProof(begun) || proof ? { kind: 'idle' } : { kind: 'refused', because: begun.error.message });
      if (!proof && wantsProof(begun)) setWaiting({ act: { kind: 'add_passkey' }, goOn: add });
      return begun.error.message;
    }
    setWaiting(null);
    setKey({ kind: 'waiting' });
    const made = await makeKey(begun.value.options);
    if (!made.ok) return void setKey({ kind: made.trouble });
    const kept = await manage.register({ challengeId: begun.value.challengeId, name: name.trim(), response: made.response }).catch(noAnswer);
    setKey(kept.ok ? { kind: 'idle' } : { kind: 'refused', because: kept.error.message });
    if (!kept.ok) return;
    setName('');
    done(`${kept.value.name} signs for you from now on.`);
  };

  const remove = (passkey: PasskeyView) => async (proof?: CredentialProof): Promise<string | undefined> => {
    const answer = await manage.remove(passkey.id, proof).catch(noAnswer);
    if (!answer.ok && !proof && wantsProof(answer)) {
      setRemoving(null);
      setWaiting({ act: { kind: 'remove_passkey', passkeyId: passkey.id }, goOn: remove(passkey) });
      return;
    }
    if (!answer.ok) return answer.error.message;
    setRemoving(null);
    done(`${passkey.name} opens and signs nothing any more.`);
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void add();
  };
  const busy = key.kind === 'asking' || key.kind === 'waiting';
  return (
    <section id="passkeys">
      <h2 className="!text-text">Your passkeys</h2>
      <p className="text-13 text-text-3 mt-1">{passkeys.length === 0 ? 'None. With one you sign in without a password, and approve and release what takes a signature. It works in this browser’s device, on a phone, or as a key on your ring.' : 'Each signs you in, and signs what you approve and release. Register a second one, so that a lost key locks nobody out.'}</p>
      {passkeys.length > 0 && (
        <table className="table mt-1"><tbody>{passkeys.map((passkey) => (
          <tr key={passkey.id} className="tall">
            <td><VisibleText text={passkey.name} /><div className="quiet-text">since {sayDay(passkey.createdAt)}, {passkey.backedUp ? 'kept by your password manager on several devices' : 'on one device alone'}</div></td>
            <td className="num on-desk">{passkey.lastUsedAt ? <Ago at={passkey.lastUsedAt} suffix=" ago" /> : <span className="quiet-text">unused</span>}</td>
            <td className="num"><Button tone="quiet" onClick={() => setRenaming(passkey)} aria-label={`Rename ${passkey.name}`}>Rename</Button><Button tone="quiet" onClick={() => setRemoving(passkey)} aria-label={`Remove ${passkey.name}`}>Remove</Button></td>
          </tr>
        ))}</tbody></table>
      )}
      <form className="mt-3 flex flex-wrap gap-2 items-center" onSubmit={submit}>
        <input className="input !w-64" required maxLength={60} value={name} onChange={(event) => setName(event.target.value)} placeholder="Which key is it, e.g. Work laptop" aria-label="Name of the new passkey" />
        <Button type="submit" disabled={busy}>Register a passkey</Button>
      </form>
      <div className="mt-3"><StepUp state={key} doing="A passkey is being made." onAgain={() => void add()} /></div>
      <RenameDialog passkey={renaming} onClose={() => setRenaming(null)} rename={async (passkey, next) => {
        const answer = await manage.rename(passkey.id, next).catch(noAnswer);
        if (!answer.ok) return answer.error.message;
        setRenaming(null);
        done(`It is called ${next} now.`);
      }} />
      <RemoveDialog passkey={removing} onClose={() => setRemoving(null)} remove={(passkey) => remove(passkey)()} />
      {waiting && <ProveDialog onClose={() => setWaiting(null)} hasPasskey={passkeys.length > 0} beginProof={() => manage.beginProof(waiting.act)} prove={waiting.goOn} />}
    </section>
  );
}
