import Link from 'next/link';
import { sayClock } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import type { NoticeView } from './view';
import { momentWords, stateWords } from './words';

/** What was told lately and is about to be, the newest first, with what came back. */
export function Deliveries({ notices }: { notices: readonly NoticeView[] }) {
  if (notices.length === 0) return null;
  return (
    <section aria-label="Deliveries">
      <h2 className="!text-text">Lately</h2>
      <table className="table tokens mt-1"><tbody>{notices.map((notice) => (
        <tr key={notice.id} className="tall">
          <td>{notice.moment === 'test' ? <VisibleText text={notice.says} /> : <Link className="link" href={notice.path} prefetch={false}><VisibleText text={notice.says} /></Link>}<div className="quiet-text">{momentWords(notice)} for <span className="mono">{notice.channel}</span></div></td>
          <td>{saidOf(notice)}{notice.lastError !== null && <div className="quiet-text"><VisibleText text={notice.lastError} /></div>}</td>
          <td className="num"><time dateTime={notice.doneAt ?? notice.createdAt}>{sayClock(notice.doneAt ?? notice.createdAt)}</time></td>
        </tr>
      ))}</tbody></table>
    </section>
  );
}

function saidOf({ state, dueAt, attempts, tries }: NoticeView): string {
  const last = tries[0];
  if (state === 'waiting') return attempts === 0 ? `waits until ${sayClock(dueAt)}` : `tried ${attempts === 1 ? 'once' : `${attempts} times`}, again at ${sayClock(dueAt)}`;
  if (state === 'delivered' && last) return `delivered${last.status === null ? '' : `, ${last.status}`}, in ${last.durationMs.toLocaleString('en')} ms`;
  return stateWords[state];
}
