/** How much a name says of what it holds: a password may be any word, a secret is made by a machine, and a weak name needs a value that can be nothing else. */
export type NameClass = 'password' | 'secret' | 'weak';

const set = (words: string) => new Set(words.split(' '));
const passwords = set('password passwort passwd passphrase passcode pwd kennwort contraseña contrasena senha hasło haslo wachtwoord пароль 密码 密碼 パスワード');
const secrets = set('secret secrets token credential credentials cred creds apikey authtoken accesstoken clientsecret secretkey accesskey authkey privatekey authorization bearer');
/** With one of these before it a key is a secret one. */
const keyKinds = set('api access secret private auth signing sign encryption encrypt crypto master account shared service admin client hmac jwt session webhook ssh deploy app application consumer subscription storage');
const weak = set('key auth login pat sas apitoken');
/** What may follow the noun without changing what is held. */
const tails = set('value val string str text plain raw default prod production staging stage dev test live old new current b64 base64 hex enc');
/** What makes it no secret: meant to be public, or a mark in a list. */
const acquitting = set('public pub csrf xsrf authenticity continuation next page cursor sync resume primary foreign partition sort cache bucket object schema sequence sort max min num count total prompt completion');
/** Services whose name alone is often what a key is called by. */
const services = set('meraki sonar sonarcloud sonarqube okta sumo sumologic snyk heroku hubspot facebook discord twilio datadog sourcegraph dropbox mailgun pagerduty cloudflare fastly zendesk shopify algolia airtable asana bitbucket travis circleci codecov');

/** The words of a name in any of the ways they are joined, in lower case. */
export function wordsOf(name: string): string[] {
  return name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2').toLowerCase().split(/[^\p{L}]+/u).filter((word) => word !== '');
}

/** What a name promises, by its last word that counts; nothing when it names a thing about a secret (its id, its file, its length). */
export function classOf(words: readonly string[]): NameClass | undefined {
  let last = words.length - 1;
  while (last > 0 && tails.has(words[last]!)) last -= 1;
  const noun = words[last];
  if (noun === undefined) return undefined;
  if (passwords.has(noun) || /(?:password|passwd|pwd)$/.test(noun)) return 'password';
  const before = words[last - 1];
  if ((noun === 'pass' && before !== undefined) || (noun === 'passe' && words.includes('mot'))) return 'password';
  if (words.slice(0, last + 1).some((word) => acquitting.has(word))) return undefined;
  if (secrets.has(noun) || /(?:secret|token|apikey|secretkey|accesskey)$/.test(noun)) return 'secret';
  if (noun === 'key' && before !== undefined && keyKinds.has(before)) return 'secret';
  if (weak.has(noun) || services.has(noun) || (noun.endsWith('key') && noun.length > 6)) return 'weak';
  return undefined;
}
