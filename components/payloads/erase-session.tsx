import { AskWhy, type Reasoned } from '@/components/ui/ask-why';

/** Destroys every text of one session. It cannot be taken back, so it asks why and says what stays. */
export function EraseSession({ shortId, erase }: { shortId: string; erase: Reasoned }) {
  return (
    <AskWhy
      quiet ask={erase}
      words={{
        opens: 'Erase its texts…', title: `Erase the texts of session ${shortId}`, keep: 'Keep them', act: `Erase the texts of ${shortId}`, hint: 'It stands in the place of the texts.',
        text: 'Arguments, inputs, outputs, plans and reasons of this session are destroyed with the key that opens them. Nobody can bring them back, except from a backup that is older. That they were there, their sizes and redacted renderings stay on the record, and the record still verifies.',
        unanswered: 'Look whether it was asked for before you try again.', done: { title: `The texts of session ${shortId} are being erased.`, second: 'The worker does it within seconds.' },
      }}
    />
  );
}
