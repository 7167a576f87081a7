import { createHash } from 'node:crypto';
import type Mail from 'nodemailer/lib/mailer';
import { redactText } from '../../kit/index.js';
import { type Channel, type Parcel, SendProblem } from './channel.js';
import { channelError } from './errors.js';
import { html } from './html.js';
import { linkSecrets, tapLines } from './links.js';
import { addressOf, basicsOf, type ChannelOptions, hidden, needed } from './settings.js';
import { changesEarlier, textOf } from './words.js';

interface Transport {
  sendMail(mail: object): Promise<unknown>;
  close(): void;
}

/** What nodemailer says beside the message. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

const connections = 2;
const beforehand =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|Connection timeout|Greeting never received/;

/** SMTP, never in the open: STARTTLS is required, or TLS from the start. */
export function email(options: ChannelOptions): Channel {
  const { id, name, settings } = options;
  let open: Promise<Transport> | undefined;
  return {
    ...basicsOf(options),
    async send(parcel) {
      const from = needed(name, 'from', settings.from);
      const to = addressOf(options, parcel.notice.to);
      open ??= transport(options);
      const mailer = await open.catch((thrown: unknown) => {
        open = undefined;
        throw thrown;
      });
      const mail = await mailOf(parcel, from, to, id);
      await mailer.sendMail(mail).catch((thrown: unknown) => {
        throw problemOf(thrown as SmtpError, options, to, linkSecrets(parcel.notice));
      });
      return { reference: mail.messageId };
    },
    async close() {
      (await open?.catch(() => undefined))?.close();
    },
  };
}

async function transport({ name, settings, secrets, tls }: ChannelOptions): Promise<Transport> {
  const { createTransport } = await import('nodemailer').catch((cause: unknown) => {
    const problem = channelError('notify-part', { part: 'nodemailer', channel: name }, { cause });
    throw new SendProblem('refused', problem);
  });
  const { host, port, security, timeout, dkimDomain, dkimSelector } = settings;
  const ms = timeout * 1000;
  const dkim = dkimDomain && dkimSelector && secrets.dkimKey;
  return createTransport({
    ...{ pool: true, maxConnections: connections, host: needed(name, 'host', host), port },
    // what was on its way when a connection broke is for the spool to decide
    maxRequeues: 0,
    ...{ secure: security === 'tls', requireTLS: security === 'starttls', tls: { ...tls } },
    ...{ connectionTimeout: ms, greetingTimeout: ms, socketTimeout: ms, dnsTimeout: ms },
    ...(secrets.user ? { auth: { user: secrets.user, pass: secrets.password ?? '' } } : {}),
    ...(dkim
      ? { dkim: { domainName: dkimDomain, keySelector: dkimSelector, privateKey: pem(secrets.dkimKey ?? '') } }
      : {}),
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
}

/** A form's field holds a single line: what stood between the markers gets its lines back. */
function pem(text: string): string {
  const [, begin, body = '', end] = /(-----BEGIN [\w ]+-----)([\s\S]*?)(-----END [\w ]+-----)/.exec(text) ?? [];
  return begin ? [begin, ...(body.replace(/\s+/g, '').match(/.{1,64}/g) ?? []), end, ''].join('\n') : text;
}

async function mailOf({ notice, key, earlier, picture }: Parcel, from: string, to: string, channel: string) {
  const host = /@([\w.-]+)/.exec(from)?.[1] ?? 'percept.local';
  const messageId = `<${createHash('sha256').update(`${channel} ${key}`).digest('hex').slice(0, 32)}@${host}>`;
  const seen = changesEarlier(notice) ? undefined : await picture();
  const [root] = earlier;
  const taps = tapLines(notice);
  const text = [textOf(notice), ...(taps.length > 0 ? ['', ...taps] : [])].join('\n');
  return {
    ...{ from, to, messageId, subject: notice.title, text, html: html(notice, seen !== undefined) },
    ...(root ? { inReplyTo: earlier.at(-1), references: [...new Set([root, ...earlier.slice(-5)])] } : {}),
    ...(notice.severity === 'critical' && !notice.quiet ? { priority: 'high' as const } : {}),
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: seen ? [{ filename: seen.name, content: seen.bytes, contentType: seen.type, cid: 'picture' }] : [],
  } satisfies Mail.Options;
}

function problemOf(thrown: SmtpError, options: ChannelOptions, to: string, links: readonly string[]): SendProblem {
  const { name: channel, secrets } = options;
  const { code, responseCode: status = 0 } = thrown;
  const problem = redactText(thrown.response || thrown.message, [...hidden(secrets), ...links])
    .replace(/\s+/g, ' ')
    .slice(0, 200);
  if (status >= 400 && status < 500)
    return new SendProblem('later', channelError('notify-busy', { channel, status, problem }));
  if (code === 'EAUTH' || code === 'ENOAUTH')
    return new SendProblem('refused', channelError('notify-password', { channel, problem }));
  if (code === 'ETLS' || /certificate|self.signed|STARTTLS/i.test(thrown.message))
    return new SendProblem('refused', channelError('notify-encryption', { channel, problem }));
  if (code === 'EENVELOPE')
    return new SendProblem('refused', channelError('notify-recipient', { channel, to, problem }));
  if (status >= 500) return new SendProblem('refused', channelError('notify-refused', { channel, status, problem }));
  if (code === 'EDNS' || beforehand.test(thrown.message))
    return new SendProblem('later', channelError('notify-unreachable', { channel, problem }));
  return new SendProblem('unanswered', channelError('notify-no-answer', { channel, problem }));
}
