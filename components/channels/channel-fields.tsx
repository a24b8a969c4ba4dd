'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import type { ChannelKind, ChannelView } from './view';
import { kindWords } from './words';

const hints: Record<ChannelKind, string> = {
  webhook: 'A program of yours receives signed JSON. Its signing secret is shown once, afterwards.',
  slack: 'An incoming webhook. It says class and risk and carries a link; never an argument.',
  pagerduty: 'An Events API v2 integration. One page for each question, resolved when it is decided.',
  email: 'Text first, with a link. The mail server is named here or in the environment.',
};

/** Everything that makes a new channel. */
export function NewChannelFields({ mailServer }: { mailServer: boolean }) {
  const [kind, setKind] = useState<ChannelKind>('webhook');
  return (
    <>
      <Field label="Name" name="name" required maxLength={64} autoComplete="off" spellCheck={false} hint="As routes name it, e.g. sec-oncall. It stays." />
      <label className="field"><span className="text-13 font-medium">Kind</span>
        <select className="input" name="kind" value={kind} onChange={(event) => setKind(event.target.value as ChannelKind)}>{(Object.keys(kindWords) as ChannelKind[]).map((one) => <option key={one} value={one}>{kindWords[one]}</option>)}</select>
        <span className="hint">{hints[kind]}</span>
      </label>
      {kind === 'webhook' && <Field label="Address" name="address" type="url" required maxLength={2_000} autoComplete="off" placeholder="https://hooks.example.org/countersign" />}
      {kind === 'slack' && <Field label="Address of the incoming webhook" name="address" type="url" required maxLength={2_000} autoComplete="off" placeholder="https://hooks.slack.com/services/…" />}
      {kind === 'pagerduty' && <>
        <Field label="Integration key" name="key" required maxLength={64} autoComplete="off" spellCheck={false} className="input mono" />
        <label className="field"><span className="text-13 font-medium">Service region</span><select className="input" name="region"><option value="us">United States</option><option value="eu">European Union</option></select></label>
      </>}
      {kind === 'email' && <MailFields mailServer={mailServer} isNew />}
      <SharedFields />
    </>
  );
}

/** Mailboxes and the server, for a new channel with its password. */
function MailFields({ channel, mailServer, isNew = false }: { channel?: ChannelView; mailServer: boolean; isNew?: boolean }) {
  const [own, setOwn] = useState(channel?.settings.smtp !== undefined || !mailServer);
  const smtp = channel?.settings.smtp;
  return (
    <>
      <Field label="To" name="to" required maxLength={5_000} autoComplete="off" defaultValue={channel?.settings.to?.join(', ')} hint="Mailboxes with commas between them." />
      <Field label="From" name="from" type="email" required={!mailServer} maxLength={254} autoComplete="off" defaultValue={channel?.settings.from} {...(mailServer && { hint: 'Empty: as the environment says.' })} />
      {mailServer && <label className="door-reveal"><input type="checkbox" checked={own} onChange={(event) => setOwn(event.target.checked)} />Use a mail server of its own</label>}
      {own && <>
        <div className="grid grid-cols-[minmax(0,1fr)_96px] gap-3">
          <Field label="Mail server" name="host" required maxLength={253} autoComplete="off" spellCheck={false} defaultValue={smtp?.host} placeholder="smtp.example.org" />
          <Field label="Port" name="port" type="number" required min={1} max={65_535} defaultValue={smtp?.port ?? 587} />
        </div>
        <label className="field"><span className="text-13 font-medium">Security</span><select className="input" name="security" defaultValue={smtp?.security ?? 'starttls'}><option value="starttls">STARTTLS, usually port 587</option><option value="tls">TLS from the first byte, usually port 465</option><option value="plain">None, for a machine that the environment names</option></select></label>
        <Field label="User" name="user" maxLength={320} autoComplete="off" spellCheck={false} defaultValue={smtp?.user} hint={isNew ? 'Empty where it asks for none.' : 'With another server, port or user the password is entered anew afterwards.'} />
        {isNew && <Field label="Password" name="password" type="password" maxLength={1_024} autoComplete="new-password" />}
      </>}
    </>
  );
}

/** What every kind has: gathering, quiet hours, and whether pages go there. */
function SharedFields({ channel }: { channel?: ChannelView }) {
  const quiet = channel?.settings.quiet;
  const [held, setHeld] = useState(quiet !== undefined);
  return (
    <>
      <Field label="Gather more of the same for" name="groupSeconds" type="number" required min={0} max={3_600} defaultValue={channel?.settings.groupSeconds ?? 60} hint="Seconds after a route’s first question in which further ones are counted and told in one. 0 tells each." />
      <label className="door-reveal"><input type="checkbox" checked={held} onChange={(event) => setHeld(event.target.checked)} />Has quiet hours; what is critical comes at any hour</label>
      {held && <div className="grid grid-cols-2 gap-3">
        <Field label="From" name="quietFrom" type="time" required defaultValue={quiet?.from ?? '22:00'} />
        <Field label="To" name="quietTo" type="time" required defaultValue={quiet?.to ?? '07:00'} />
        <div className="col-span-2"><Field label="By the clock of" name="timeZone" required maxLength={64} autoComplete="off" spellCheck={false} defaultValue={quiet?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone} hint="A time zone, e.g. Europe/Berlin." /></div>
      </div>}
      <label className="door-reveal"><input type="checkbox" name="defaultPage" defaultChecked={channel?.defaultPage} />Pages go here: alerts that page, routes nobody can meet, names that no channel has</label>
    </>
  );
}

export function ChangeChannelFields({ channel, mailServer }: { channel: ChannelView; mailServer: boolean }) {
  return <>{channel.kind === 'email' && <MailFields channel={channel} mailServer={mailServer} />}<SharedFields channel={channel} /></>;
}
