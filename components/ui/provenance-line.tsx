import { ArrowLeft, Saw } from './glyphs';
import { VisibleText } from './visible';
import { countUnseen } from './visible-text';

export type ProvenanceView = {
  /** "ticket #4812", "crm.export", "Mara Lindqvist". */
  source: string;
  trust: 'untrusted' | 'ours' | 'person' | 'model';
  step?: number;
  /** What else a person should know: "asked for by the ticket". */
  note?: string;
};

const words = { untrusted: 'untrusted', ours: 'ours', person: 'a person’s words', model: 'composed by the model' } as const;

/** Where a value came from. Untrusted sources carry the saw-tooth and say how much of the value cannot be seen. */
export function ProvenanceLine({ source, trust, step, note, text = '' }: ProvenanceView & { text?: string }) {
  const hidden = trust === 'untrusted' ? countUnseen(text) : 0;
  return (
    <div className="provenance" data-untrusted={trust === 'untrusted' || undefined}>
      <ArrowLeft label="came from" />
      {trust === 'untrusted' && <Saw />}
      <span>
        {trust !== 'model' && <><VisibleText text={source} />, </>}{words[trust]}{step !== undefined && `, step ${step}`}
        {note && <span className="on-desk">, <VisibleText text={note} /></span>}
        {hidden > 0 && <span className="on-desk">, {hidden.toLocaleString('en')} invisible</span>}
      </span>
    </div>
  );
}
