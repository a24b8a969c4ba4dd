import Link from 'next/link';
import type { ReactNode } from 'react';

/** Every list reads the same: time, mark on the rule, sentence, act. */
export function MarginSection({ title, aside, children }: { title: ReactNode; aside?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <div className="margin-title"><h2>{title}</h2>{aside && <span className="aside">{aside}</span>}</div>
      <ul>{children}</ul>
    </section>
  );
}

type RowProps = { when: ReactNode; mark: ReactNode; sentence: ReactNode; second?: ReactNode; href?: string | undefined; act?: ReactNode };

/** The row itself is the link; `act` repeats it in words for the eye. */
export function MarginRow({ when, mark, sentence, second, href, act }: RowProps) {
  return (
    <li className="margin-row">
      <span className="when">{when}</span>
      <span className="mark">{mark}</span>
      <div className="what">
        <div className="sentence">{href ? <Link href={href} prefetch={false}>{sentence}</Link> : sentence}</div>
        {second && <div className="second">{second}</div>}
      </div>
      {act && <div className="act" aria-hidden={href ? true : undefined}>{act}</div>}
    </li>
  );
}
