import { browserName } from '@/components/ui/browser-name';
import { Seal } from '@/components/ui/glyphs';
import { MarginRow } from '@/components/ui/margin-list';
import { sayDay } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import { wayInWords } from './way-in-words';
import type { HistoryEntry } from './view';

const refusals: Record<Extract<HistoryEntry, { kind: 'refused' }>['why'], string> = {
  wrong: 'with a wrong password', locked: 'while the account was locked after several tries', deactivated: 'while the account was deactivated',
  second_factor: 'with the right password and a wrong code', no_person: 'for want of an account',
  copied_key: 'with a passkey that seems to have been copied', not_linked: 'with a provider account that belongs to nobody here', unverified: 'as the provider had not verified the address',
  no_mapped_group: 'as no group of theirs gives a role', groups_unknown: 'as the provider did not say their groups', provider: 'by the provider',
};
const endings: Record<string, string> = {
  self: 'signed out', revoked: 'ended by hand', deactivated: 'ended as the account was deactivated', password_set: 'ended by a new password', roles_removed: 'ended as the roles were taken away', disowned: 'ended as somebody else’s',
};

/** What happened at a person's door, newest first. */
export function SignInHistory({ entries, more }: { entries: readonly HistoryEntry[]; more: boolean }) {
  if (entries.length === 0) return <p className="text-13 text-text-3">Nobody signed in as this person, and nobody tried.</p>;
  return (
    <div>
      <ul className="margin" aria-label="Sign-ins and refused attempts">{entries.map((entry) => (entry.kind === 'refused'
        ? <MarginRow key={entry.id} when={<time dateTime={entry.at}>{sayDay(entry.at)}</time>} mark={<Seal name="denied" />} sentence={<>Refused {refusals[entry.why]}</>} second={<>from {entry.ip ?? 'an unknown address'}</>} />
        : <MarginRow
            key={entry.id} when={<time dateTime={entry.at}>{sayDay(entry.at)}</time>} mark={<Seal name={entry.end.kind === 'live' ? 'approved' : 'expired'} tone={entry.end.kind === 'live' ? 'hand' : undefined} />}
            sentence={<>Signed in by {wayInWords[entry.method]}{entry.device === 'first_time' && <>, <b className="font-medium">first time in this browser</b></>}</>}
            second={<><VisibleText text={browserName(entry.userAgent)} /> from {entry.ip ?? 'an unknown address'}; {ending(entry.end)}</>}
          />))}
      </ul>
      {more && <p className="text-13 text-text-3">There is more than fits here; the log has all of it.</p>}
    </div>
  );
}

function ending(end: Extract<HistoryEntry, { kind: 'signed_in' }>['end']): string {
  switch (end.kind) {
    case 'live': return 'still signed in';
    case 'ended': return `${endings[end.why ?? ''] ?? 'ended'} ${sayDay(end.at)}`;
    case 'idle': return `over ${sayDay(end.at)}, after a long time without a hand on it`;
    case 'expired': return `over ${sayDay(end.at)}, after its full time`;
  }
}
