'use client';

import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { CodeLine } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import { isTokenLimit, limitWords } from './token-words';
import type { Result, TokenView } from './view';

type MadeToken = { ok: true; token: string } | { ok: false; because: string };
type Props = {
  tokens: readonly TokenView[];
  revokeToken: (id: string) => Promise<Result>;
  createToken: (input: { name: string; limit?: 'read_only' | 'deny_and_stop'; expiresInDays?: number }) => Promise<MadeToken>;
};


/** One's tokens for scripts. */
export function OwnTokens({ tokens, revokeToken, createToken }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [made, setMade] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string>();
  const act = (doing: Promise<Result>, done: string) => void doing.catch(() => ({ ok: false as const, because: 'The server did not answer.' })).then((result) => {
    toast(result.ok ? { glyph: 'done', title: done } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because });
    router.refresh();
  });
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const limit = String(form.get('limit'));
    const result = await createToken({ name: String(form.get('name') ?? '').trim(), ...(isTokenLimit(limit) && { limit }), expiresInDays: Number(form.get('days')) || 90 }).catch((): MadeToken => ({ ok: false, because: 'The server did not answer.' }));
    setWrong(result.ok ? undefined : result.because);
    if (!result.ok) return;
    setMade(result.token);
    element.reset();
    router.refresh();
  };
  return (
    <>
      <section>
        <h2 className="!text-text">Your tokens for scripts</h2>
        {tokens.length === 0 ? <p className="text-13 text-text-3 mt-1">None. A token can do no more than you, and less if you hold it to less.</p> : (
          <table className="table mt-1"><tbody>{tokens.map((token) => (
            <tr key={token.id} className="tall"><td><VisibleText text={token.name} /> <span className="mono quiet-text">{token.hint}</span><div className="quiet-text">{token.limit ? limitWords[token.limit] : 'all you may'}, {token.expiresAt ? `until ${sayDay(token.expiresAt)}` : 'without end'}</div></td><td className="num on-desk">{token.lastUsedAt ? <Ago at={token.lastUsedAt} suffix=" ago" /> : <span className="quiet-text">unused</span>}</td><td className="num"><Button tone="quiet" onClick={() => act(revokeToken(token.id), 'The token opens nothing any more.')}>Revoke</Button></td></tr>
          ))}</tbody></table>
        )}
        <form className="mt-3 flex flex-wrap gap-2 items-center" onSubmit={(event) => void submit(event)}>
          <input className="input !w-48" name="name" required maxLength={100} placeholder="Name of the script" aria-label="Name of the script" />
          <select className="input !w-auto" name="limit" aria-label="May"><option value="">all you may</option>{Object.entries(limitWords).map(([value, words]) => <option key={value} value={value}>{words}</option>)}</select>
          <select className="input !w-auto" name="days" aria-label="Lives" defaultValue="90">{[1, 7, 30, 90, 365].map((days) => <option key={days} value={days}>{days === 1 ? 'one day' : `${days} days`}</option>)}</select>
          <Button type="submit">Make a token</Button>
          {wrong && <span className="text-12 font-medium" role="alert">{wrong}</span>}
        </form>
      </section>
      <Dialog open={made !== null} onClose={() => setMade(null)} title="Keep this token now." className="wide">
        <p className="body">It is shown this once and kept here only as a hash.</p>
        <div className="mt-3"><CodeLine command={made ?? ''} plain /></div>
        <div className="actions"><Button tone="strong" onClick={() => setMade(null)}>Close</Button></div>
      </Dialog>
    </>
  );
}
