'use client';

import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { useToast } from '@/components/ui/toast';
import { classWords, textClasses, type RetentionView, type SaveRetention, type TextClass, type TextCounts } from './view';

type Props = { retention: RetentionView; counts: TextCounts; /** Absent where the person may only read. */ save?: SaveRetention };

/** How long each class of texts is kept. An empty field keeps it; the clock does the rest within the hour. */
export function RetentionForm({ retention, counts, save }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [days, setDays] = useState<Record<TextClass, string>>(() => Object.fromEntries(textClasses.map((name) => [name, retention[name] === null ? '' : String(retention[name])])) as Record<TextClass, string>);
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const wanted = Object.fromEntries(textClasses.map((name) => [name, days[name].trim() === '' ? null : Number(days[name])])) as RetentionView;
  const changed = textClasses.some((name) => wanted[name] !== retention[name]);
  const shorter = textClasses.filter((name) => wanted[name] !== null && (retention[name] === null || wanted[name]! < retention[name]!));
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!save) return;
    setBusy(true);
    const saved = await save(wanted).catch(() => ({ ok: false as const, because: 'The server did not answer. Look at what holds before you try again.' }));
    setBusy(false);
    setWrong(saved.ok ? undefined : saved.because);
    if (!saved.ok) return;
    toast({ glyph: 'done', title: 'The new times hold.', second: shorter.length > 0 ? 'What has aged by them is being erased now.' : 'Nothing is erased sooner than before.' });
    router.refresh();
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <table className="table mt-2">
        <thead><tr><th>Texts</th><th className="num on-desk">Kept now</th><th className="num on-desk">Erased</th><th>Kept for</th></tr></thead>
        <tbody>
          {textClasses.map((name) => {
            const [label, what] = classWords[name];
            return (
              <tr key={name} className="tall">
                <td><b className="font-medium">{label}</b><div className="quiet-text">{what}</div></td>
                <td className="num on-desk">{(counts[name]?.kept ?? 0).toLocaleString('en')}</td>
                <td className="num on-desk">{(counts[name]?.erased ?? 0).toLocaleString('en')}</td>
                <td>{save
                  ? <span className="flex items-center gap-2"><input className="input w-20" type="number" inputMode="numeric" min={1} max={3650} step={1} placeholder="always" aria-label={`Days that ${label.toLowerCase()} are kept; empty keeps them`} value={days[name]} onChange={(event) => setDays({ ...days, [name]: event.target.value })} /><span className="quiet-text whitespace-nowrap">days</span></span>
                  : retention[name] === null ? 'always' : `${retention[name]} days`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {save && (
        <div className="mt-3 grid gap-2">
          <p className="text-13 text-text-2" role="status">{!changed ? 'Empty keeps them until somebody erases them.' : shorter.length > 0 ? `Saving destroys ${shorter.map((name) => `${classWords[name][0].toLowerCase()} older than ${wanted[name]} days`).join(', ')} of sessions that are over. Nobody can bring them back.` : 'Saving destroys nothing.'}</p>
          {wrong && <p className="wrong text-13" role="alert">{wrong}</p>}
          <div><Button type="submit" {...(changed && { tone: 'strong' as const })} disabled={!changed || busy}>Save how long texts are kept</Button></div>
        </div>
      )}
    </form>
  );
}
