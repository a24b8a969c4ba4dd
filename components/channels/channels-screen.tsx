'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ellipsis } from 'lucide-react';
import { AskDialog } from '@/components/access/choose';
import { ProveDialog } from '@/components/access/prove-dialog';
import type { Result } from '@/components/access/view';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { Chip } from '@/components/ui/chip';
import { CodeLine } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Seal } from '@/components/ui/glyphs';
import { Headline } from '@/components/ui/headline';
import { Menu } from '@/components/ui/menu';
import { sayClock, sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import type { CredentialProof } from '@/lib/access/schema';
import { ChangeChannelFields, NewChannelFields } from './channel-fields';
import { newChannelOf, settingsOf } from './read-form';
import type { ChannelView, Done, ManageChannels } from './view';
import { channelsHeadline, kindWords, settingsWords } from './words';

type Props = { channels: readonly ChannelView[]; /** Which routes name a channel, by its name. */ routes: ReadonlyMap<string, readonly string[]>; dead: number; mailServer: boolean; hasPasskey: boolean; manage: ManageChannels };
type Doing = { kind: 'new' } | { kind: 'change' | 'rotate' | 'remove'; channel: ChannelView } | null;
/** What waits until the person has shown that it is them. */
type Waiting = { channel: string; goOn: (proof: CredentialProof) => Promise<string | undefined> };
const noAnswer = (): { ok: false; because: string } => ({ ok: false, because: 'The server did not answer. Look at what holds before you try again.' });

/** Where people are told, how each channel goes, and what is changed about it. */
export function ChannelsScreen({ channels, routes, dead, mailServer, hasPasskey, manage }: Props) {
  const missing = [...routes].filter(([name]) => !channels.some((one) => one.name === name));
  const router = useRouter();
  const toast = useToast();
  const [doing, setDoing] = useState<Doing>(null);
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const [secret, setSecret] = useState<{ word: string; until: string | null } | null>(null);

  /** Does it, and where it has to be shown once more that it is the person, asks for that and does it again with the same words. */
  const run = async <T,>(channel: string, act: (proof?: CredentialProof) => Promise<Done<T>>, done: (value: T) => void): Promise<Result> => {
    const finish = (value: T) => { setWaiting(null); done(value); router.refresh(); };
    const first = await act().catch(noAnswer);
    if (first.ok) { finish(first.value); return { ok: true }; }
    if (!('proof' in first) || !first.proof) return { ok: false, because: first.because };
    setWaiting({ channel, goOn: async (proof) => {
      const again = await act(proof).catch(noAnswer);
      if (!again.ok) return again.because;
      finish(again.value);
      return undefined;
    } });
    return { ok: true };
  };
  const test = async (channel: ChannelView) => {
    const sent = await manage.test(channel.id).catch(noAnswer);
    toast(sent.ok ? { glyph: 'done', title: `A test page is on its way to ${channel.name}.`, second: 'How it went stands below.' } : { glyph: 'broken', title: 'Nothing was sent.', second: sent.because });
    router.refresh();
  };
  const says = (title: string) => () => toast({ glyph: 'done', title });
  const showSecret = ({ signingSecret, overlapUntil }: { signingSecret: string | null; overlapUntil?: string | null }, title: string) => {
    if (signingSecret === null) toast({ glyph: 'done', title });
    else setSecret({ word: signingSecret, until: overlapUntil ?? null });
  };

  return (
    <>
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div><Headline text={channelsHeadline(channels, dead)} /><p className="lede">Routes name a channel to have people told of a question. A route that names none is silent.</p></div>
        <Button onClick={() => setDoing({ kind: 'new' })}>Make a channel</Button>
      </header>
      {channels.length > 0 && <section aria-label="Channels">
        <table className="table people tokens mt-1"><tbody>{channels.map((channel) => (
          <tr key={channel.id} className="tall">
            <td>
              <span className="flex flex-wrap items-center gap-2"><b className="font-medium mono">{channel.name}</b>{channel.defaultPage && <Chip>Default page</Chip>}</span>
              <div className="quiet-text">{kindWords[channel.kind]} · <VisibleText text={channel.leadsTo} /></div>
              <div className="quiet-text">{settingsWords({ ...channel, defaultPage: false })}{channel.secrets.filter(({ what }) => what === 'signing').length > 1 && ' · two secrets sign'}</div>
              <div className="quiet-text">{routes.has(channel.name) ? <>for <VisibleText text={routes.get(channel.name)!.join(', ')} /></> : channel.defaultPage ? 'no route names it' : 'no route names it yet'}</div>
            </td>
            <td><Health channel={channel} /></td>
            <td className="num">
              <Menu label={`Acts on ${channel.name}`} trigger={<Ellipsis size={16} aria-hidden="true" />}>
                <button type="button" className="item" onClick={() => void test(channel)}>Send a test page</button>
                <button type="button" className="item" onClick={() => setDoing({ kind: 'change', channel })}>Change it…</button>
                <button type="button" className="item" onClick={() => setDoing({ kind: 'rotate', channel })}>{channel.kind === 'webhook' ? 'Rotate its secret…' : 'Enter its secret anew…'}</button>
                <button type="button" className="item" onClick={() => setDoing({ kind: 'remove', channel })}>Remove it…</button>
              </Menu>
            </td>
          </tr>
        ))}</tbody></table>
      </section>}
      {missing.map(([name, by]) => <p key={name} className="text-13"><b className="font-medium">No channel is called <span className="mono">{name}</span>.</b> {by.length === 1 ? 'The route' : 'The routes'} <VisibleText text={by.join(', ')} /> {by.length === 1 ? 'names' : 'name'} it; what it should carry goes to the default page.</p>)}
      {channels.length > 0 && !channels.some(({ defaultPage }) => defaultPage) && <p className="text-13 text-text-2">No channel takes pages: alerts that page, and routes that nobody can meet, are seen here alone. Choose one under “Change it…”.</p>}

      <AskDialog open={doing?.kind === 'new'} onClose={() => setDoing(null)} title="Make a channel" act="Make the channel" send={(form) => {
        const input = newChannelOf(form);
        return run(input.name, (proof) => manage.create(input, proof), (made) => showSecret(made, `${input.name} is there. Send it a test page.`));
      }}><NewChannelFields mailServer={mailServer} /></AskDialog>
      {doing?.kind === 'change' && <AskDialog open onClose={() => setDoing(null)} title={`Change ${doing.channel.name}`} act="Save" send={(form) => {
        const { channel } = doing;
        const input = { channelId: channel.id, settings: settingsOf(form), defaultPage: form.has('defaultPage') };
        return run(channel.name, (proof) => manage.change(input, proof), says(`${channel.name} holds to this from now on.`));
      }}><ChangeChannelFields channel={doing.channel} mailServer={mailServer} /></AskDialog>}
      {doing?.kind === 'rotate' && <AskDialog open onClose={() => setDoing(null)} title={doing.channel.kind === 'webhook' ? `Rotate the signing secret of ${doing.channel.name}` : `Enter the secret of ${doing.channel.name} anew`} act={doing.channel.kind === 'webhook' ? 'Make a new secret' : 'Replace it'} send={(form) => {
        const { channel } = doing;
        const input = channel.kind === 'webhook' ? { channelId: channel.id, overlapHours: Number(form.get('overlapHours')) } : { channelId: channel.id, word: String(form.get('word') ?? '') };
        return run(channel.name, (proof) => manage.rotate(input, proof), (made) => showSecret(made, `${channel.name} is called with the new one.`));
      }}>{doing.channel.kind === 'webhook'
          ? <Field label="Hours in which both sign" name="overlapHours" type="number" required min={0} max={336} defaultValue={24} hint="Each delivery carries a signature by either, so that the receiver can change over. With 0 the old one ends now." />
          : <Field label={{ slack: 'Address of the incoming webhook', pagerduty: 'Integration key', email: 'Password' }[doing.channel.kind]} name="word" type={doing.channel.kind === 'email' ? 'password' : 'text'} required maxLength={2_000} autoComplete="off" hint="The old one is destroyed." />}</AskDialog>}
      {doing?.kind === 'remove' && <AskDialog open onClose={() => setDoing(null)} title={`Remove ${doing.channel.name}`} act={`Remove ${doing.channel.name}`} send={() => {
        const { channel } = doing;
        return run(channel.name, (proof) => manage.remove(channel.id, proof), says(`${channel.name} tells nobody any more.`));
      }}><p className="body">Its secrets are destroyed, and what still waits there is given up{doing.channel.waiting > 0 && `: ${doing.channel.waiting.toLocaleString('en')} now`}. A route that still names it is told to the default page.</p></AskDialog>}
      {waiting && <ProveDialog onClose={() => setWaiting(null)} hasPasskey={hasPasskey} beginProof={() => manage.beginProof(waiting.channel)} prove={waiting.goOn} why="You signed in a while ago. Whoever turns a page away silences an alarm, so this asks again." />}
      <Dialog open={secret !== null} onClose={() => setSecret(null)} title="Keep this secret now." className="wide">
        <p className="body">The receiver verifies by it that a delivery is ours. It is shown this once{secret?.until ? `; the one before signs beside it until ${sayDay(secret.until)}, ${sayClock(secret.until)}` : ''}.</p>
        <div className="mt-3"><CodeLine command={secret?.word ?? ''} plain /></div>
        <div className="actions"><Button tone="strong" onClick={() => setSecret(null)}>Close</Button></div>
      </Dialog>
    </>
  );
}

function Health({ channel }: { channel: ChannelView }) {
  if (channel.failingSince !== null) return <><span className="flex items-center gap-2"><span className="hatch-box" data-size="16" aria-hidden="true" /><span><b className="font-medium">Fails</b> for <Ago at={channel.failingSince} /></span></span>{channel.lastError !== null && <div className="quiet-text"><VisibleText text={channel.lastError} /></div>}</>;
  const waits = channel.waiting > 0 ? `${channel.waiting.toLocaleString('en')} ${channel.waiting === 1 ? 'waits' : 'wait'}` : undefined;
  if (channel.lastOkAt === null) return <><span>Nothing has arrived there yet</span><div className="quiet-text">{waits ?? 'Send it a test page.'}</div></>;
  return <><span className="flex items-center gap-2"><Seal name="verified" tone="ok" size={16} /><span>Told <Ago at={channel.lastOkAt} suffix=" ago" /></span></span><div className="quiet-text">{[`${channel.deliveredToday.toLocaleString('en')} in 24 hours`, ...(waits ? [waits] : [])].join(', ')}</div></>;
}
