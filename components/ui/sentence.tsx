import { Fragment } from 'react';
import { VisibleText } from './visible';

/** A sentence built by the server: our words, values the agent chose, and which of those came from outside. */
export type SentencePart = { text: string; untrusted?: boolean; quiet?: boolean };
export type Sentence = readonly SentencePart[];

export function SentenceText({ parts }: { parts: Sentence }) {
  return parts.map((part, index) => {
    const text = <span className={part.untrusted ? 'untrusted' : part.quiet ? 'quiet-text' : undefined}><VisibleText text={part.text} /></span>;
    // An address moves to the next line whole; it breaks only where the line is shorter than itself.
    return part.untrusted && !/\s/.test(part.text) ? <span key={index} className="keep">{text}</span> : <Fragment key={index}>{text}</Fragment>;
  });
}

/** The words alone, for a document title or an accessible name. */
export const sentenceWords = (parts: Sentence) => parts.map((part) => part.text).join('');
