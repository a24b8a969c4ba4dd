import { ButtonLink } from '@/components/ui/button';

export default function NotFound() {
  return (
    <div className="page"><div className="page-read">
      <h1>Nothing is here.</h1>
      <p className="lede">The address may be old, or what it named was never on this server.</p>
      <p className="mt-4"><ButtonLink href="/">Go to Now</ButtonLink></p>
    </div></div>
  );
}
