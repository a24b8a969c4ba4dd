import Link from 'next/link';
import { sayDay } from '@/components/ui/say-time';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import { stateVerdict } from './state-words';
import type { ApprovalState } from './view';

type Row = { id: string; at: string; askedAt: string; title: string; agent: string; tool: string; by: string | null; reason: string | null; state: ApprovalState };
type Named = { id: string; name: string };
type Props = {
  rows: readonly Row[]; filter: { personId?: string | undefined; verdict?: string | undefined; agentId?: string | undefined; tool?: string | undefined; from?: string | undefined; to?: string | undefined };
  agents: readonly Named[]; people: readonly Named[]; tools: readonly string[]; first: boolean; newest: string; older: string | null; exports: { csv: string; jsonl: string } | null;
};
const verdicts = [['approved', 'Approved'], ['denied', 'Denied'], ['expired', 'Expired'], ['cancelled', 'Cancelled']] as const;

/** What was decided, for ever. A form that needs no script narrows it; its address can be pasted. */
export function History({ rows, filter, agents, people, tools, first, newest, older, exports }: Props) {
  return (
    <div className="page history">
      <h1 className="working">What was decided</h1>
      <form className="history-form" action="/approvals/history">
        <Choice label="Decided or signed by" name="person" value={filter.personId} options={people.map(({ id, name }) => [id, name])} all="Anybody" />
        <Choice label="What became of it" name="verdict" value={filter.verdict} options={verdicts} all="Anything" />
        <Choice label="Agent" name="agent" value={filter.agentId} options={agents.map(({ id, name }) => [id, name])} all="Any" />
        <Choice label="Tool" name="tool" value={filter.tool} options={tools.map((tool) => [tool, tool])} all="Any" />
        <div className="field"><label htmlFor="history-from">From</label><input id="history-from" className="input" type="date" name="from" defaultValue={filter.from} /></div>
        <div className="field"><label htmlFor="history-to">To</label><input id="history-to" className="input" type="date" name="to" defaultValue={filter.to} /></div>
        <button type="submit" className="button">Show</button>
      </form>
      <p className="history-export">
        {exports ? <>Export what is shown: <a className="link reach" href={exports.csv} download>CSV</a> <a className="link reach" href={exports.jsonl} download>JSON Lines</a> <span className="quiet-text">That it was exported goes on the record.</span></> : <span className="quiet-text">Exporting takes the role analyst.</span>}
      </p>
      {rows.length === 0 ? <p className="text-13 text-text-2">{first ? 'Nothing was decided that fits this.' : 'That was the oldest.'}</p> : (
        <ol className="history-rows">
          {rows.map((row) => (
            <li key={row.id} className="history-row">
              <time className="when" dateTime={row.at}>{sayDay(row.at)}</time>
              <span className="what">
                <Link href={`/approvals/${row.id}`} prefetch={false}><VisibleText text={row.title} /></Link>
                <span className="second"><VisibleText text={row.agent} /> · <VisibleText text={row.tool} />{row.by && <> · <VisibleText text={row.by} /></>}{row.reason && <> · “<VisibleText text={row.reason.slice(0, 200)} />”</>}</span>
              </span>
              <Verdict name={stateVerdict(row.state)} />
            </li>
          ))}
        </ol>
      )}
      <nav className="history-pages" aria-label="Pages">{!first && <Link className="button" href={newest} prefetch={false}>Newest</Link>}{older && <Link className="button" href={older} prefetch={false}>Older</Link>}</nav>
    </div>
  );
}

function Choice({ label, name, value, options, all }: { label: string; name: string; value: string | undefined; options: readonly (readonly [string, string])[]; all: string }) {
  return (
    <div className="field">
      <label htmlFor={`history-${name}`}>{label}</label>
      <select id={`history-${name}`} className="input" name={name} defaultValue={value ?? ''}>
        <option value="">{all}</option>
        {options.map(([one, words]) => <option key={one} value={one}>{words.slice(0, 60)}</option>)}
      </select>
    </div>
  );
}
