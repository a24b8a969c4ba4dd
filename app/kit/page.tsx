import Link from 'next/link';
import { screens } from './screens';

export default function Kit() {
  return (
    <main className="page">
      <h1>Every screen and state</h1>
      <ul className="mt-4 grid gap-1">{Object.keys(screens).map((name) => <li key={name}><Link className="link" href={`/kit/${name}`}>{name}</Link></li>)}</ul>
    </main>
  );
}
