/** A page's first words. Each sentence stays together when the line has to break. */
export function Headline({ text }: { text: string }) {
  const sentences = text.split(/(?<=\.) /);
  return <h1>{sentences.map((sentence, index) => <span key={index}>{index > 0 && ' '}<span className="inline-block">{sentence}</span></span>)}</h1>;
}
