import { VisibleText } from '@/components/ui/visible';
import { noteBlocks } from '@/lib/handover/rules';

/** A person's note, drawn as text: nothing in it becomes a link, a picture or markup, and nothing hides. */
export function NoteText({ text }: { text: string }) {
  return (
    <div className="note-text">
      {noteBlocks(text).map((block, index) => {
        switch (block.kind) {
          case 'heading': return <h2 key={index}><VisibleText text={block.text} /></h2>;
          case 'item': return <p key={index} className="item"><VisibleText text={block.text} /></p>;
          case 'text': return <p key={index}><VisibleText text={block.text} /></p>;
        }
      })}
    </div>
  );
}
