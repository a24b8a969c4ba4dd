import { VisibleText } from './visible';

/** A sentence built by the server: our words, values the agent chose, and which of those came from outside. */
export type SentencePart = { text: string; untrusted?: boolean; quiet?: boolean };
export type Sentence = readonly SentencePart[];

export function SentenceText({ parts }: { parts: Sentence }) {
  return parts.map((part, index) => (
    <span key={index} className={part.untrusted ? 'untrusted' : part.quiet ? 'quiet-text' : undefined}><VisibleText text={part.text} /></span>
  ));
}

/** The words alone, for a document title or an accessible name. */
export const sentenceWords = (parts: Sentence) => parts.map((part) => part.text).join('');
