import { SendProblem } from './channel.js';
import { channelError } from './errors.js';
import { beforehand, retryAfter } from './http.js';

/** What the SDK says beside the message. */
interface SnsError extends Error {
  readonly code?: string;
  readonly Code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

export interface Asked {
  readonly channel: string;
  readonly to: string;
  /** It had so long. */
  readonly seconds: number;
  /** Takes secrets out of a text. */
  readonly hide: (text: string) => string;
}

/** The rate or a quota of the account, by whatever name. */
const busy = /throttl|limit.?exceeded|quota|spend|slow.?down|too.?many|service.?unavailable|internal/i;
const locked = /token|signature|credential|auth|accessdenied|forbidden/i;
/** The number, the topic or whoever is behind it. */
const unknown = /notfound|optedout|endpointdisabled|platformapplicationdisabled/i;

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors */
export function problemOf(thrown: unknown, { channel, to, seconds, hide }: Asked): SendProblem {
  const { name, code = '', Code = '', message, $metadata, $response } = thrown as SnsError;
  const problem = hide(message || name).slice(0, 200);
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return withoutAnswer(name, code, problem, channel, seconds);
  const what = `${name} ${Code}`;
  if (status === 429 || status >= 500 || busy.test(what)) {
    const after = retryAfter($response?.headers?.['retry-after'] ?? null, Date.now());
    return new SendProblem('later', channelError('notify-busy', { channel, status, problem }), after);
  }
  if (unknown.test(what) || (/invalidparameter/i.test(what) && /phonenumber|topicarn|targetarn/i.test(message)))
    return new SendProblem('refused', channelError('notify-recipient', { channel, to, problem }));
  if (status === 401 || status === 403 || locked.test(what))
    return new SendProblem('refused', channelError('notify-password', { channel, problem: `${status} ${problem}` }));
  return new SendProblem('refused', channelError('notify-refused', { channel, status, problem }));
}

function withoutAnswer(name: string, code: string, problem: string, channel: string, seconds: number): SendProblem {
  if (/region is missing/i.test(problem))
    return new SendProblem('refused', channelError('notify-setting', { channel, setting: 'region' }));
  if (/^CredentialsProviderError$|^TokenProviderError$/.test(name))
    return new SendProblem('refused', channelError('notify-password', { channel, problem }));
  if (/^ERR_INVALID_URL$/.test(code) || /invalid url/i.test(problem))
    return new SendProblem('refused', channelError('notify-setting', { channel, setting: 'url' }));
  if (beforehand.test(code) || /did not establish a connection/.test(problem))
    return new SendProblem('later', channelError('notify-unreachable', { channel, problem }));
  const late = name === 'TimeoutError' || name === 'AbortError';
  const said = late ? `${seconds} s` : problem;
  return new SendProblem('unanswered', channelError('notify-no-answer', { channel, problem: said }));
}
