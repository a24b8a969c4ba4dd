/** A SHA-256 as people compare it: both ends. The whole value is in the title and is what a copy takes. */
export function Digest({ hex, label = 'digest sha256' }: { hex: string; label?: string }) {
  const short = hex.length > 20 ? `${hex.slice(0, 8)}…${hex.slice(-8)}` : hex;
  return <span className="digest" title={hex}>{label && `${label} `}{short}</span>;
}
