/** Signs that stand in the writing itself, whatever the words: who speaks, where data ends, what a machine would read as a command. */
export const signs: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['template', /<\|[a-z_]{2,20}\|>|\[\/?INST\]|<<\/?SYS>>|<\/?s>|<start_of_turn>|<end_of_turn>|\[\/?SYSTEM\]/gi],
  ['speaker', /(?:\\n|[\n\r>\]"'])\s{0,4}[#*[(<]{0,3}\s?(?:system|assistant|user|human|ai|developer|admin|tool)(?: ?(?:message|prompt|note|instructions?|override))?\s?[\])>*]{0,3}\s?:/gi],
  ['heading', /(?:\n|\\n)\s{0,3}[#*=\-<[]{2,12}\s?(?:new|system|urgent|important|begin|start|end|updated?|override|instructions?|task|attention|admin|priority)\b/gi],
  ['data_end', /<\/(?:document|doc|data|context|tool|tool_?result|result|output|input|untrusted|user|system|text|content|message|search_results?|email)\b[^>]{0,40}>|\b(?:end|eof) of (?:the )?(?:document|data|text|file|input|context|message|email|record)s?\b|\[\/?(?:DATA|CONTEXT|DOCUMENT|END|EOF)\]|(?<!=)={3,}\s?END/gi],
  ['tool_call', /["']?(?:name|tool|function|action)["']?\s{0,3}:\s{0,3}["'][^"'\n]{1,64}["']\s{0,3},\s{0,3}["']?(?:arguments|parameters|args|input|tool_input|action_input)["']?\s{0,3}:|<\/?(?:tool_call|function_calls?|invoke|tool_use)\b|\bAction Input\s?:|["']tool_calls["']\s{0,3}:/gi],
  ['active_markup', /<(?:script|img|iframe|svg|object|embed)\b[^>]{0,200}\bon[a-z]{3,20}\s?=|<script\b|javascript:|data:text\/html/gi],
  ['picture_leak', /!\[[^\]\n]{0,80}\]\(https?:\/\/[^)\s]{1,200}[?&][^)\s=]{1,40}=/gi],
  ['placeholder', /\[[A-Z][A-Z_]{2,30}\]|\b[A-Z]{5,20}\b(?=['"`)\]]|\s+(?:with|by|is|=))/g],
  // Only from where a run of marks begins: tried from within it again and again, a long one would take its length squared.
  ['decorated', /(?:(?<!\*)\*{3,}|(?<!=)={3,}|(?<!#)#{3,}|(?<!-)-{4,}|(?<!>)>{3,}|(?<!<)<{3,}|(?<!!)!{2,}|(?<!~)~{3,}|(?<!_)_{4,})\s?\p{L}/gu],
];

/** What only hides: a person who looks at the page does not see it. */
export const concealment: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['comment', /<!--|\[\/\/\]:\s?#|\/\*\s?(?=[A-Z][a-z])|%%\s/],
  ['invisible_style', /\b(?:display\s{0,2}:\s{0,2}none|visibility\s{0,2}:\s{0,2}hidden|opacity\s{0,2}:\s{0,2}0(?![.\d]*[1-9])|font-size\s{0,2}:\s{0,2}[01](?:px|pt|em|%)?\s{0,2}[;"'}]|(?:left|top|text-indent)\s{0,2}:\s{0,2}-\d{3,5}|(?:^|[^-])color\s{0,2}:\s{0,2}(?:#fff(?:fff)?\b|white\b|transparent\b|rgba?\(255,\s?255,\s?255))/i],
];

export const CONTACT = /[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,64}|https?:\/\/[^\s"'<>)]{4,200}|\bwww\.[\w-]{2,64}\.|\+?\d[\d\s().-]{7,18}\d/;
