import { redactText } from '../../kit/index.js';
import { SendProblem } from './channel.js';
import { channelError } from './errors.js';

export interface Request {
  /** Of the channel, for people. */
  readonly channel: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  /** Not with GET. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** ms for connection and whole answer. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Never in an error. */
  readonly secrets: readonly string[];
}

const longestAnswer = 65_536;
/** Before a connection stands, nothing can have arrived. */
export const beforehand =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

/**
 * One request to a provider; redirects are not followed, since what is sent is for this address alone.
 * @returns what it answered, at most 64 KiB
 * @throws SendProblem
 */
export async function ask(request: Request): Promise<string> {
  const { url, method = 'POST', headers, body, timeout, signal } = request;
  const limit = AbortSignal.timeout(timeout);
  const options = {
    ...({ method, headers, redirect: 'manual', signal: AbortSignal.any([signal, limit]) } as const),
    ...(body === undefined ? {} : { body }),
  };
  let status = 0;
  let answer: Response;
  try {
    answer = await fetch(url, options);
    status = answer.status;
  } catch (thrown) {
    throw unheard(request, thrown);
  }
  // the status says what became of it, also where the rest of the answer does not come
  const text = await textOf(answer).catch(() => '');
  if (status >= 200 && status < 300) return text;
  throw refusal(request, answer, text);
}

async function textOf(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    parts.push(part);
    bytes += part.byteLength;
    if (bytes > longestAnswer) break;
  }
  return Buffer.concat(parts).toString('utf8', 0, longestAnswer);
}

function unheard({ channel, timeout, secrets }: Request, thrown: unknown): SendProblem {
  const cause = (thrown as { cause?: { code?: string; message?: string } }).cause;
  const code = cause?.code ?? '';
  if (code === 'ERR_INVALID_URL' || /^(?:bad port|unknown scheme)/.test(cause?.message ?? ''))
    return new SendProblem('refused', channelError('notify-setting', { channel, setting: 'url' }));
  if (beforehand.test(code)) {
    const problem = redactText(cause?.message || code, secrets);
    return new SendProblem('later', channelError('notify-unreachable', { channel, problem }));
  }
  const late = (thrown as Error).name === 'TimeoutError';
  const problem = late ? `${timeout / 1000} s` : redactText(cause?.message || (thrown as Error).message, secrets);
  return new SendProblem('unanswered', channelError('notify-no-answer', { channel, problem }));
}

function refusal({ channel, secrets }: Request, answer: Response, text: string): SendProblem {
  const { status } = answer;
  const problem = redactText(wordsOf(text) || answer.statusText || '-', secrets).slice(0, 200);
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return new SendProblem(
      'later',
      channelError('notify-busy', { channel, status, problem }),
      retryAfter(answer.headers.get('retry-after'), Date.now()) ?? retryAfterOf(text),
    );
  if (status === 401 || status === 403)
    return new SendProblem('refused', channelError('notify-password', { channel, problem: `${status} ${problem}` }));
  return new SendProblem('refused', channelError('notify-refused', { channel, status, problem }));
}

/** Providers say it in one of a few words. */
function wordsOf(text: string): string {
  const said = parsed(text);
  const words = said['description'] ?? said['message'] ?? said['error'];
  return (typeof words === 'string' ? words : text).replace(/\s+/g, ' ').trim();
}

/** Telegram says it in the body: `{parameters: {retry_after: 5}}`, s. */
function retryAfterOf(text: string): number {
  const parameters = parsed(text)['parameters'] as { retry_after?: unknown } | undefined;
  const seconds = Number(parameters?.retry_after);
  return seconds > 0 ? seconds * 1000 : 0;
}

/** @param value of the header: seconds, or a date (RFC 9110, 10.2.3) @returns ms from now */
export function retryAfter(value: string | null, now: number): number | undefined {
  if (!value) return undefined;
  const at = /^\d+$/.test(value.trim()) ? now + Number(value) * 1000 : Date.parse(value);
  return Number.isFinite(at) ? Math.max(0, at - now) : undefined;
}

/** @returns the object that the text is, or an empty one */
export function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
