/** Bits for each character: how even the characters of a text are spread. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const sampleWords = /example|place-?_?holder|your[_-]|[_-]your|yourtoken|dummy|redacted|change_?-?me|replace_?-?me|insert[_-]|put[_-]your|[_-]here\b|not-?_?a-?_?real|x{5,}|\*{3,}|\.{3}|#{6,}|…/i;

/** Whether a text with a secret's build is a sample as documentation prints it: one character over and over, the alphabet, or words that say so. */
export function looksMadeUp(body: string): boolean {
  const plain = body.replace(/[^A-Za-z0-9]/g, '');
  if (plain.length < 6) return plain.length === 0;
  if (sampleWords.test(body) || new Set(plain.toLowerCase()).size <= 3) return true;
  const lower = plain.toLowerCase();
  let same = 1;
  let rising = 1;
  let longestSame = 1;
  let longestRising = 1;
  for (let i = 1; i < plain.length; i++) {
    const step = lower.charCodeAt(i) - lower.charCodeAt(i - 1);
    same = step === 0 ? same + 1 : 1;
    rising = step === 1 ? rising + 1 : 1;
    if (same > longestSame) longestSame = same;
    if (rising > longestRising) longestRising = rising;
  }
  return longestSame > plain.length * 0.4 || longestRising >= 12;
}

const notValues = new Set(
  ('null none nil true false undefined string str text int integer number bool boolean required optional redacted hidden masked secret secrets password passwd pwd pass passphrase token tokens key value apikey api_key api-key username user name email '
  + 'n/a na empty default todo tbd changeme foo bar baz foobar example sample test testing yes no on off enabled disabled auto never always input prompt stdin env unset missing invalid valid wrong incorrect expired reset bearer basic digest credentials login yyy xxx abc').split(' '),
);
const template = /^(?:\$[A-Za-z_({[]|\$\d|%[A-Za-z_]+%|%\(|\{\{|\{%|#\{|<%|@\{|\$\$)|^<[^<>]*>?$|^\[[^\]]*\]?$|^\{[A-Za-z_ .$:-]*\}?$|^\([^)]*\)?$|\$\{|\{\{|\$\(/;
const code = /^(?:process|os|env|ENV|System|import|self|this|config|cfg|conf|request|req|settings|args|params|props|secrets?|vars?|data|module|local|options|opts)[.[]|^(?:vault|file|ref\+\w+|arn|env|sm|ssm|op|keychain):/;
const identifierPath = /^[A-Za-z_$][\w$]{0,60}(?:(?:\.|->|::)[A-Za-z_$][\w$]{0,60}){1,8}(?:\(.{0,200})?$/;
const address = /^[a-z][a-z0-9+.-]{1,20}:\/\/|^(?:[A-Za-z]:)?[.~]{0,2}[\\/][\w.~-]*[\\/.]/i;
const fileName = /\.(?:pem|cer|crt|key|p12|pfx|jks|keystore|json|ya?ml|toml|txt|env|properties|conf|ini|html?|[jt]sx?|py|rb|go|java|php|xml|md|com|org|net|io)(?::\d+)?$/i;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const words = /^[A-Za-z]{1,40}\d{0,12}(?:[_.-][A-Za-z]{0,20}\d{0,12}){1,10}$/;

/** Whether a value only stands for a secret: a template, a placeholder, code that fetches it, a path to it. */
export function standsForSecret(value: string, quoted: boolean): boolean {
  if (notValues.has(value.toLowerCase()) || template.test(value) || sampleWords.test(value) || code.test(value) || address.test(value) || value.startsWith(':') || /^[A-Z]{2,20}(?:_[A-Z]{2,20}){1,6}$/.test(value)) return true;
  if (!quoted && (identifierPath.test(value) || value.includes('(') || /^[A-Za-z_$][\w$]*\[/.test(value))) return true;
  if (value.length <= 64 && fileName.test(value)) return true;
  return value.length >= 4 && new Set(value.replace(/[^A-Za-z0-9]/g, '').toLowerCase()).size <= 2;
}

/** What a value is made of: nothing else than its name tells a password from a word. */
export type Make = 'uuid' | 'hex' | 'random' | 'mixed' | 'number' | 'words' | 'plain';
export function makeOf(value: string): Make {
  if (uuid.test(value)) return 'uuid';
  if (/^\d+$/.test(value)) return 'number';
  const letters = /[A-Za-z]/.test(value);
  const digits = /\d/.test(value);
  if (letters && digits && value.length >= 16 && /^[0-9a-f]+$/i.test(value)) return 'hex';
  if (words.test(value)) return 'words';
  const both = /[a-z]/.test(value) && /[A-Z]/.test(value);
  if (!/\s/.test(value) && letters && value.length >= 16 && (digits || (both && !/[a-z]{4}/.test(value))) && entropyOf(value) >= 3.2) return 'random';
  if ((letters && digits) || /[^A-Za-z0-9\s]/.test(value) || /[a-z][A-Z]/.test(value)) return 'mixed';
  return 'plain';
}
