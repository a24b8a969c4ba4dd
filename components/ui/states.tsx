import type { ReactNode } from 'react';
import { Seal } from './glyphs';

/** A list that is empty proves that it is live: `facts` come from live data. */
export function Empty({ title, facts, action }: { title: string; facts: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <Seal name="verified" tone="ok" size={24} />
      <div><div className="title">{title}</div><div className="facts-line">{facts}</div>{action && <div className="mt-3">{action}</div>}</div>
    </div>
  );
}

/** Says what failed and what still holds. `action` is usually Try again. */
export function ErrorPanel({ title, holds, action }: { title: string; holds: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty" role="alert">
      <span className="hatch-box" data-size="20" />
      <div><div className="title" data-quiet>{title}</div><div className="facts-line">{holds} {action}</div></div>
    </div>
  );
}

const lengths = ['w-60', 'w-46', 'w-52', 'w-64', 'w-40'];

/** Static bars in the columns of what is to come; nothing for 300 ms, words after 4 s. */
export function Skeleton({ rows = 3 }: { rows?: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => <div key={index} className="bars"><i className="w-10" /><i className="w-3" /><i className={lengths[index % lengths.length]} /></div>)}
      <p className="still">Still loading.</p>
    </div>
  );
}
