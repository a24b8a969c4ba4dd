import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { checkedAddress, OutboundRefusal, type AddressRules } from '@/lib/outbound';
import { replaceUnseen } from '@/lib/unseen-characters';
import { escapeHtml } from '../plain-text';
import type { NoticeBody, Smtp } from '../schema';
import { sentenceOf } from '../sentences';
import { ATTEMPT_MS, type Attempt } from '../rules';

/** No server has more to say to one mail (bytes); whoever goes on would be kept in memory without end. */
const MOST_SAID = 256 * 1024;

export type MailServer = Smtp & { password?: string | undefined; rules: AddressRules };
export type Mail = { from: string; to: readonly string[]; subject: string; text: string; html: string; messageId: string; headers: Record<string, string> };

/** Text first: the sentence, what was asked for, the link. The HTML says the same and carries no picture, style or script. */
export function mailOf(body: NoticeBody, { from, to }: { from: string; to: readonly string[] }): Mail {
  const sentence = sentenceOf(body);
  const lines = [sentence, ...('title' in body ? [`It asks: ${body.title}`, `Until: ${body.decideBy}`] : []), body.url, `Environment: ${body.environment}`];
  return {
    from, to, subject: subjectOf(body, sentence), messageId: `<${body.id}@${new URL(body.url).hostname}>`,
    text: `${lines.join('\n\n')}\n`,
    html: lines.map((line) => (line === body.url ? `<p><a href="${escapeHtml(line)}">${escapeHtml(line)}</a></p>` : `<p>${escapeHtml(line)}</p>`)).join('\n'),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Countersign-Id': body.id },
  };
}

/** No line break and no control character gets into a header, whatever a name is. */
const subjectOf = (body: NoticeBody, sentence: string) => replaceUnseen(`[Countersign ${body.environment}] ${sentence}`, () => ' ').slice(0, 200);

/** Sends it to the address that the server's name led to when it was checked; the name is what its certificate must be for. */
export async function sendMail(mail: Mail, { host, port, security, user, password, rules }: MailServer): Promise<Attempt> {
  if (security === 'plain' && !rules.allowLoopback) return { ok: false, status: null, final: true, error: `Mail without TLS goes to machines that OUTBOUND_ALLOW_HOSTS names, and ${host} is not one.` };
  let address: string;
  try { address = await checkedAddress(host, rules, security === 'plain'); } catch (error) {
    if (!(error instanceof OutboundRefusal)) throw error;
    return { ok: false, status: null, error: error.message, final: error.why === 'address' };
  }
  let socket: Socket | undefined;
  const transport = createTransport({
    host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'plain', tls: { servername: host, minVersion: 'TLSv1.2' },
    connectionTimeout: ATTEMPT_MS, greetingTimeout: ATTEMPT_MS, socketTimeout: ATTEMPT_MS, dnsTimeout: ATTEMPT_MS, disableFileAccess: true, disableUrlAccess: true, logger: false,
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
    // A connection of our own making: it goes to exactly the address that was checked, and can be ended whatever its other end does.
    getSocket(_options: unknown, given: (error: Error | null, socket: { connection?: Socket }) => void) {
      socket = connect({ host: address, port });
      socket.once('error', (error) => given(error, {}));
      socket.once('connect', () => given(null, { connection: socket }));
    },
  });
  // Each step has its own clock; together they have this one, after which the connection is ended and so is the attempt.
  const clock = setTimeout(() => socket?.destroy(Object.assign(new Error('too slow'), { code: 'ETIMEDOUT' })), 2 * ATTEMPT_MS);
  const saidTooMuch = () => (socket?.bytesRead ?? 0) > MOST_SAID;
  const measure = setInterval(() => { if (saidTooMuch()) socket!.destroy(new Error('said too much')); }, 50);
  try {
    const sent = await transport.sendMail({ ...mail, to: [...mail.to] });
    const refused = sent.rejected.length;
    return refused > 0 ? { ok: false, status: null, final: true, error: `${host} took it for ${sent.accepted.length} of ${mail.to.length} mailboxes and refused the others.` } : { ok: true, status: Number(sent.response.slice(0, 3)) || null };
  } catch (error) {
    return saidTooMuch() ? { ok: false, status: null, final: false, error: `${host} said more than ${MOST_SAID} bytes, and was cut off.` } : failureOf(error, host);
  } finally {
    clearTimeout(clock);
    clearInterval(measure);
    transport.close();
    socket?.destroy();
  }
}

/** What a server said is not repeated: it may carry the password back. Its number is. */
function failureOf(error: unknown, host: string): Attempt {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  if (responseCode === undefined) return { ok: false, status: null, final: false, error: `${host} could not be reached (${/^[A-Z_]{2,20}$/.test(code ?? '') ? code : 'no reason given'}).` };
  const final = responseCode >= 500 && responseCode !== 535 && responseCode !== 530;
  return { ok: false, status: responseCode, final, error: code === 'EAUTH' ? `${host} refused the user name or password (${responseCode}).` : `${host} answered ${responseCode}.` };
}
