'use client';

import { X } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { ChipToggle } from '@/components/ui/chip';
import { Field } from '@/components/ui/field';
import { VisibleText } from '@/components/ui/visible';
import { isNarrowed, writeAsk, type QueueAsk } from './queue-address';
import type { QueueChoices, SavedViewRow, ViewActs } from './view';

type Known = { choices: QueueChoices; views: SavedViewRow[] };
const risks = ['critical', 'high', 'medium', 'low'] as const;

/** What the list can be narrowed to now, how it is put together, and the views that a person keeps by name. */
export function QueueFilters({ ask, onAsk, views, selectedId }: { ask: QueueAsk; onAsk: (ask: QueueAsk) => void; views: ViewActs; selectedId: string | undefined }) {
  const [known, setKnown] = useState<Known | 'unread' | 'failed'>('unread');
  useEffect(() => {
    const leaving = new AbortController();
    fetch('/approvals/choices', { cache: 'no-store', signal: leaving.signal }).then(async (answer) => { if (!answer.ok) throw new Error(); setKnown((await answer.json()) as Known); }).catch(() => { if (!leaving.signal.aborted) setKnown('failed'); });
    return () => leaving.abort();
  }, []);
  const { agents, tools, rules } = typeof known === 'string' ? { agents: [], tools: [], rules: [] } : known.choices;
  return (
    <div className="queue-filters">
      {known === 'failed' && <p className="text-13">What can be chosen could not be read. Close this and open it again.</p>}
      <div className="queue-picks">
        <Pick label="Agent" value={ask.agent} options={agents.map(({ id, name }) => [id, name])} onPick={(agent) => onAsk(put(ask, { agent }))} />
        <Pick label="Tool" value={ask.tool} options={tools.map((tool) => [tool, tool])} onPick={(tool) => onAsk(put(ask, { tool }))} />
        <Pick label="Rule" value={ask.rule} options={rules.map((rule) => [rule, rule])} onPick={(rule) => onAsk(put(ask, { rule }))} />
        <Pick label="Risk" value={ask.risk} options={risks.map((risk) => [risk, risk])} onPick={(risk) => onAsk(put(ask, { risk: risk as QueueAsk['risk'] }))} />
      </div>
      <div className="filters">
        <ChipToggle on={ask.grouped} onClick={() => { const { group: _, ...rest } = ask; onAsk({ ...rest, grouped: !ask.grouped }); }}>Grouped by kind</ChipToggle>
        <ChipToggle on={ask.sort === 'new'} onClick={() => onAsk({ ...ask, sort: ask.sort === 'new' ? 'left' : 'new' })}>Newest first</ChipToggle>
      </div>
      {typeof known !== 'string' && <Views ask={ask} kept={known.views} acts={views} selectedId={selectedId} onKept={(list) => setKnown({ ...known, views: list })} />}
    </div>
  );
}

function put(ask: QueueAsk, change: Partial<Record<'agent' | 'tool' | 'rule' | 'risk', string | undefined>>): QueueAsk {
  const next: Record<string, unknown> = { ...ask, ...change };
  for (const [name, value] of Object.entries(next)) if (value === undefined) delete next[name];
  return next as unknown as QueueAsk;
}

function Pick({ label, value, options, onPick }: { label: string; value: string | undefined; options: readonly (readonly [string, string])[]; onPick: (value: string | undefined) => void }) {
  const id = useId();
  // What an address asks for stays to be seen, also where nothing like it waits any more.
  const all = value === undefined || options.some(([one]) => one === value) ? options : [[value, value] as const, ...options];
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" value={value ?? ''} onChange={(event) => onPick(event.target.value || undefined)}>
        <option value="">All</option>
        {all.map(([one, name]) => <option key={one} value={one}>{name.slice(0, 60)}</option>)}
      </select>
    </div>
  );
}

function Views({ ask, kept, acts, selectedId, onKept }: { ask: QueueAsk; kept: readonly SavedViewRow[]; acts: ViewActs; selectedId: string | undefined; onKept: (views: SavedViewRow[]) => void }) {
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string>();
  const query = writeAsk(ask);
  const told = (answer: Awaited<ReturnType<ViewActs['save']>>) => {
    if (!answer.ok) return setWrong(answer.error.message);
    setWrong(undefined);
    setName('');
    onKept(answer.value);
  };
  const failed = () => setWrong('The server did not answer. Nothing was kept; try again.');
  return (
    <div className="queue-views">
      {kept.length > 0 && (
        <ul className="filters" aria-label="Your views">
          {kept.map((view) => (
            <li key={view.id} className="chip" aria-current={view.query === query ? 'true' : undefined}>
              <Link className="reach" href={`/approvals${selectedId === undefined ? '' : `/${selectedId}`}${view.query}`} prefetch={false} scroll={false}><VisibleText text={view.name} /></Link>
              <button type="button" className="reach" aria-label={`Remove the view ${view.name}`} onClick={() => void acts.drop(view.id).then(told, failed)}><X size={12} aria-hidden="true" /></button>
            </li>
          ))}
        </ul>
      )}
      {(isNarrowed(ask) || ask.grouped || ask.sort === 'new') && (
        <form className="queue-keep" onSubmit={(event) => { event.preventDefault(); void acts.save({ name, query }).then(told, failed); }}>
          <Field label="Keep this view as" value={name} maxLength={60} required onChange={(event) => setName(event.target.value)} {...(wrong !== undefined && { wrong })} />
          <Button type="submit">Keep</Button>
        </form>
      )}
    </div>
  );
}
