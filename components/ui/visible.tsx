import { segmentText } from './visible-text';

/** Text of unknown origin, drawn so that nothing in it hides or reorders what stands around it. */
export function VisibleText({ text }: { text: string }) {
  const segments = segmentText(text);
  if (segments.length === 1 && segments[0]!.kind === 'text') return <span className="visible">{text}</span>;
  return (
    <span className="visible">
      {segments.map((segment, index) => {
        switch (segment.kind) {
          case 'text': return <span key={index}>{segment.text}</span>;
          case 'lookalike': return <span key={index} className="lookalike" title={`${segment.name} letter`}>{segment.text}</span>;
          case 'smuggled': return <span key={index} className="unseen" title={`${segment.count} tag characters, hidden in the text`}>hidden: {segment.text || `${segment.count} tags`}</span>;
          case 'unseen': return <span key={index} className="unseen" data-kind={segment.unseen} title={segment.name}>{segment.label}{segment.count > 1 ? ` ×${segment.count.toLocaleString('en')}` : ''}</span>;
        }
      })}
    </span>
  );
}
