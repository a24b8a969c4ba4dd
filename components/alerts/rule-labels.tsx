import Link from 'next/link';
import { addressOf } from './alert-list';
import { alertTitle } from './words';
import type { RuleLabels as Labels } from './view';

/** How often each rule was right, by what people closed its alerts as: what thresholds are tuned by. */
export function RuleLabels({ labels, days }: { labels: readonly Labels[]; days: number }) {
  if (labels.length === 0) return null;
  return (
    <section className="rule-labels">
      <h2>How often rules were right, in {days} days</h2>
      <table className="table mt-1">
        <thead><tr><th>Rule</th><th className="on-desk">Saw</th><th className="num">Real</th><th className="num">Benign</th><th className="num on-desk">Duplicate</th><th className="num">Not closed</th></tr></thead>
        <tbody>
          {labels.map((one) => (
            <tr key={`${one.rule} ${one.detector} ${one.kind}`}>
              <td><Link className="link reach mono" href={addressOf({ tab: 'all', rule: one.rule })} prefetch={false}>{one.rule}</Link></td>
              <td className="on-desk">{alertTitle(one)}</td><td className="num">{one.true}</td><td className="num">{one.benign}</td><td className="num on-desk">{one.duplicate}</td><td className="num">{one.unlabelled}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
