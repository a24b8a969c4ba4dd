'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ellipsis } from 'lucide-react';
import { AskDialog } from '@/components/access/choose';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Menu } from '@/components/ui/menu';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import type { CreateRota, HandOver, RotaSource, RotaView, ShiftView } from '@/lib/on-call/schema';

type Result = { ok: true } | { ok: false; because: string };
type Person = { id: string; name: string };
type Props = { rotas: readonly RotaView[]; people: readonly Person[]; me: string; giveOver?: (input: HandOver) => Promise<Result>; manage?: { make: (input: CreateRota) => Promise<Result>; end: (rotaId: string) => Promise<Result> } };

/** Whom a route asks by what they are on call for: who it is now, and how that is said. */
export function OnCallScreen({ rotas, people, me, giveOver, manage }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [making, setMaking] = useState<RotaSource | null>(null);
  const [giving, setGiving] = useState<RotaView | null>(null);
  const done = (result: Result, title: string) => {
    if (result.ok) toast({ glyph: 'done', title });
    router.refresh();
    return result;
  };
  const end = (rota: RotaView) => void manage?.end(rota.id).catch((): Result => ({ ok: false, because: 'The server did not answer.' })).then((result) => { toast(result.ok ? { glyph: 'done', title: `Nobody is on call for ${rota.name} any more.` } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because }); router.refresh(); });
  return (
    <>
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div><h1>On call</h1><p className="lede">A route can ask whoever is on call for something. Who that is at the moment is said here, or by a system of yours.</p></div>
        {manage && <Menu label="Add a rota" size="large" trigger="Add a rota">
          <button type="button" className="item" onClick={() => setMaking('hand_over')}>Handed over on this page…</button>
          <button type="button" className="item" onClick={() => setMaking('webhook')}>Asked of a webhook…</button>
          <button type="button" className="item" onClick={() => setMaking('pagerduty')}>Asked of PagerDuty…</button>
        </Menu>}
      </header>
      {rotas.length === 0 && <p className="body">There is no rota yet, so no route can ask one.{manage ? '' : ' An administrator can add one.'}</p>}
      {rotas.map((rota) => {
        const mine = rota.now.some((shift) => shift.personId === me);
        return (
          <section key={rota.id} className="rota" aria-label={rota.name}>
            <header className="flex flex-wrap items-baseline justify-between gap-3">
              <h2 className="!text-text"><VisibleText text={rota.name} /></h2>
              <span className="flex items-center gap-2">
                {rota.source === 'hand_over' && giveOver && (mine || manage) && <Button {...(mine && { tone: 'strong' as const })} onClick={() => setGiving(rota)}>Hand over</Button>}
                {manage && <Menu label={`Acts on the rota ${rota.name}`} trigger={<Ellipsis size={16} aria-hidden="true" />}><button type="button" className="item" onClick={() => end(rota)}>Archive {rota.name}</button></Menu>}
              </span>
            </header>
            {rota.description && <p className="quiet-text"><VisibleText text={rota.description} /></p>}
            <p className="body"><b>On call now: {rota.now.length === 0 ? 'nobody' : rota.now.map((shift) => shift.name).join(', ')}.</b> {rota.now.length === 0 ? 'What asks for it cannot be decided by this rota.' : rota.now.map((shift) => said(shift, rota)).join(' ')}</p>
            <Source rota={rota} />
            {rota.before.length > 0 && <p className="text-13 text-text-3">Before: {rota.before.map((shift) => `${shift.name} until ${sayDay(shift.ended)}`).join('; ')}.</p>}
          </section>
        );
      })}
      {giveOver && giving && (
        <AskDialog open onClose={() => setGiving(null)} title={`Hand over ${giving.name}`} act="Hand over" send={async (form) => {
          const to = text(form, 'to');
          const hours = text(form, 'hours');
          const until = hours === '' ? {} : { until: new Date(Date.now() + Number(hours) * 3_600_000).toISOString() };
          return done(await giveOver({ rotaId: giving.id, to: to === '' ? null : to, reason: text(form, 'reason'), ...until }), `${giving.name} is handed over.`);
        }}>
          <label className="field"><span className="text-13 font-medium">To</span><select className="input" name="to" required={false}>{people.map((person) => <option key={person.id} value={person.id}>{person.name}{person.id === me ? ' (you)' : ''}</option>)}<option value="">nobody</option></select><span className="hint">Who takes it upon themselves does not count for what waits already.</span></label>
          <label className="field"><span className="text-13 font-medium">Until</span><select className="input" name="hours" defaultValue=""><option value="">the next hand-over</option>{[1, 4, 8, 12, 24, 168].map((hours) => <option key={hours} value={hours}>{hours === 168 ? 'a week from now' : hours === 1 ? 'an hour from now' : `${hours} hours from now`}</option>)}</select></label>
          <Field label="Reason" name="reason" required maxLength={500} autoComplete="off" hint="On the record, e.g. “end of my shift”." />
        </AskDialog>
      )}
      {manage && making && (
        <AskDialog open onClose={() => setMaking(null)} title={titles[making]} act="Add the rota" send={async (form) => done(await manage.make(rotaOf(making, form)), 'The rota is added.')}>
          <Field label="Name" name="name" required maxLength={64} autoComplete="off" pattern="[a-z0-9][a-z0-9_\-]*" hint="What routes ask for, e.g. payments-lead. Lower case letters, digits, “_” and “-”." />
          <Field label="What it is for" name="description" maxLength={300} autoComplete="off" />
          {making === 'webhook' && <Field label="Address" name="url" type="url" required maxLength={2_000} placeholder="https://rota.example.org/now" hint="It is asked once a minute by GET and answers {&quot;email&quot;: &quot;…&quot;} or a list." />}
          {making === 'pagerduty' && <><Field label="Schedules" name="schedules" required maxLength={300} autoComplete="off" placeholder="PI7DH85" hint="Their ids, separated by spaces." />
            <label className="field"><span className="text-13 font-medium">Service region</span><select className="input" name="region"><option value="us">US</option><option value="eu">EU</option></select></label></>}
          {making !== 'hand_over' && <Field label={making === 'webhook' ? 'Token' : 'API key'} name="secret" type="password" required minLength={8} maxLength={500} autoComplete="off" hint={making === 'webhook' ? 'Sent as a bearer token; kept sealed and never shown again.' : 'A read-only key of the REST API; kept sealed and never shown again.'} />}
        </AskDialog>
      )}
    </>
  );
}

const titles: Record<RotaSource, string> = { hand_over: 'A rota that is handed over here', webhook: 'A rota that a webhook answers for', pagerduty: 'A rota that PagerDuty answers for' };
const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim();

function rotaOf(source: RotaSource, form: FormData): CreateRota {
  const common = { name: text(form, 'name'), description: text(form, 'description') };
  switch (source) {
    case 'hand_over': return { source, ...common };
    case 'webhook': return { source, ...common, url: text(form, 'url'), secret: text(form, 'secret') };
    case 'pagerduty': return { source, ...common, region: text(form, 'region') === 'eu' ? 'eu' : 'us', scheduleIds: text(form, 'schedules').split(/[\s,]+/).filter(Boolean), secret: text(form, 'secret') };
  }
}

const said = (shift: ShiftView, rota: RotaView): string =>
  `Since ${sayDay(shift.from)}${shift.until ? `, until ${sayDay(shift.until)}` : ''}${rota.source === 'hand_over' ? `, handed over by ${shift.givenBy}${shift.reason ? `: “${shift.reason}”` : ''}` : ''}.`;

function Source({ rota }: { rota: RotaView }) {
  const { health } = rota;
  const unknown = rota.unknown.length > 0 && <> It also names {rota.unknown.map((email, index) => <span key={email}>{index > 0 && ', '}<VisibleText text={email} /></span>)}, who {rota.unknown.length === 1 ? 'is nobody' : 'are nobody'} here.</>;
  const from = rota.source === 'pagerduty' ? `${rota.asks}, ${rota.scheduleIds.length === 1 ? 'schedule' : 'schedules'} ${rota.scheduleIds.join(', ')}` : rota.asks;
  switch (health.kind) {
    case 'by_hand': return <p className="text-13 text-text-3">Handed over on this page, by whoever has it or an administrator.</p>;
    case 'never_asked': return <p className="text-13 text-text-3">Asked of {from}; no answer yet.</p>;
    case 'good': return <p className="text-13 text-text-3">As {from} said at {sayDay(health.at)}.{unknown}</p>;
    case 'failing': return <p className="text-13" role="status"><b>{from} has not answered since {sayDay(health.since)}: {health.because}.</b> {health.lastGoodAt ? `What it said at ${sayDay(health.lastGoodAt)} holds until it answers.` : 'It never has, so nobody is on call.'}{unknown}</p>;
  }
}
