import { ProvenanceLine, type ProvenanceView } from './provenance-line';
import { FoldedValue } from './folded-value';
import { VisibleText } from './visible';

/** One argument of an action, as the gate decoded it. */
export type ArgumentView = {
  /** JSON Pointer, the argument's name in the record. */
  path: string;
  name: string;
  /** The value as text: strings as they are, anything else as JSON. At most 256 KiB. */
  text: string;
  /** Ranges of `text` (UTF-16) that came from an untrusted source. */
  untrusted?: readonly (readonly [start: number, end: number])[];
  /** What the server measured: "2,318 rows, 412 KB". */
  measure?: string;
  provenance?: ProvenanceView;
  /** How it differs from what it has held before: "amount 48,000; usually 20 to 900 (31 calls)". */
  unlike?: readonly string[];
};

/** Arguments and where each came from. Values are text and nothing else: never markup. */
export function ArgumentViewer({ items }: { items: readonly ArgumentView[] }) {
  return (
    <dl className="arguments">
      {items.map((item) => (
        <div key={item.path} className="argument">
          <dt><VisibleText text={item.name} /></dt>
          <dd>
            <FoldedValue path={item.path} name={item.name} text={item.text} untrusted={item.untrusted ?? []} measure={item.measure} />
            {item.provenance && <ProvenanceLine {...item.provenance} text={item.text} />}
            {item.unlike?.map((line) => <div key={line} className="unlike"><VisibleText text={line} /></div>)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
