import Link from 'next/link';
import { Digest } from '@/components/ui/digest';
import { sayClock, sayDay } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import type { LogEvent } from './view';

export function EventTable({ events }: { events: readonly LogEvent[] }) {
  return (
    <table className="table log-events">
      <thead><tr><th>Recorded, UTC</th><th className="on-desk">Stream</th><th>What</th><th className="on-desk">By</th><th className="on-desk">Hash</th></tr></thead>
      <tbody>
        {events.map((event) => (
          <tr key={event.id}>
            <td className="time" title={sayDay(event.recordedAt)}>{sayClock(event.recordedAt, { millis: true })}</td>
            <td className="time on-desk">{event.session ? <Link className="link" href={`/sessions/${event.session.id}?at=${event.seq}`} prefetch={false}>{event.session.shortId}</Link> : <VisibleText text={event.stream} />} / {event.seq}</td>
            <td><span className="mono quiet-text"><VisibleText text={event.type} /></span> <VisibleText text={event.summary.slice(0, 400)} /><span className="on-phone quiet-text">, <VisibleText text={event.actor} /></span></td>
            <td className="on-desk"><VisibleText text={event.actor} /></td>
            <td className="on-desk"><Digest hex={event.hash} label="" /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
