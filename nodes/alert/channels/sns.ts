import { createHash } from 'node:crypto';
import type { PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { redactText } from '../../kit/index.js';
import { type Channel, type Parcel, SendProblem } from './channel.js';
import { channelError } from './errors.js';
import { linkSecrets, tapLines } from './links.js';
import { numberOf } from './numbers.js';
import { addressOf, basicsOf, type ChannelOptions, hidden } from './settings.js';
import { smsText } from './sms.js';
import { problemOf } from './sns-errors.js';
import { textOf } from './words.js';

type Sdk = typeof import('@aws-sdk/client-sns');
interface Open {
  readonly sdk: Sdk;
  readonly client: SNSClient;
}

const longestSubject = 100;
const topicArn = /^arn:[\w-]+:sns:([\w-]+):\d+:[\w.-]+$/;

/**
 * Amazon SNS: an SMS to a telephone number, or a message to the subscribers of a topic, whose attributes their filters can name
 * (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).
 */
export function sns(options: ChannelOptions): Channel {
  const { name, settings, secrets } = options;
  const clients = new Map<string, Promise<Open>>();

  function opened(region: string): Promise<Open> {
    const there = clients.get(region) ?? open(options, region);
    clients.set(region, there);
    // a part that is installed later is found then
    there.catch(() => clients.delete(region));
    return there;
  }

  return {
    ...basicsOf(options),
    async send(parcel, signal) {
      const to = addressOf(options, parcel.notice.to);
      const [, topicRegion] = topicArn.exec(to) ?? [];
      const input = topicRegion === undefined ? smsOf(parcel, numberOf(name, to), settings.from) : topicOf(parcel, to);
      const { sdk, client } = await opened(topicRegion ?? settings.region);
      try {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(settings.timeout * 1000)]);
        const { MessageId } = await client.send(new sdk.PublishCommand(input), { abortSignal: limit });
        return MessageId === undefined ? {} : { reference: MessageId };
      } catch (thrown) {
        const hide = (text: string) => redactText(text, [...hidden(secrets), ...linkSecrets(parcel.notice)]);
        throw problemOf(thrown, { channel: name, to, seconds: settings.timeout, hide });
      }
    },
    async close() {
      for (const one of clients.values()) (await one.catch(() => undefined))?.client.destroy();
    },
  };
}

async function open({ name, settings, secrets }: ChannelOptions, region: string): Promise<Open> {
  const sdk = await import('@aws-sdk/client-sns').catch((cause: unknown) => {
    const problem = channelError('notify-part', { part: '@aws-sdk/client-sns', channel: name }, { cause });
    throw new SendProblem('refused', problem);
  });
  const { user: accessKeyId, password: secretAccessKey } = secrets;
  const { url, timeout } = settings;
  const ms = timeout * 1000;
  const client = new sdk.SNSClient({
    // what is tried again is up to the spool, which marks it
    maxAttempts: 1,
    requestHandler: { connectionTimeout: Math.min(5_000, ms), requestTimeout: ms, throwOnRequestTimeout: true },
    // of AWS it must be right, so the SDK looks further: environment, profile
    ...(region || url ? { region: region || 'us-east-1' } : {}),
    ...(url ? { endpoint: url } : {}),
    // without them, what the SDK finds: environment, profile, role of the machine
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  });
  return { sdk, client };
}

/** @param sender id that is shown where a country allows it; may be empty */
function smsOf({ notice }: Parcel, number: string, sender: string): PublishCommandInput {
  return {
    PhoneNumber: number,
    Message: smsText(notice),
    MessageAttributes: {
      'AWS.SNS.SMS.SMSType': text('Transactional'),
      ...(sender ? { 'AWS.SNS.SMS.SenderID': text(sender) } : {}),
    },
  };
}

function topicOf({ notice, key, thread }: Parcel, arn: string): PublishCommandInput {
  const { title, severity, state, kind, source, policy, zone, occasion, notice: id, again } = notice;
  const known = { severity, state, kind, source, policy, zone, occasion, notice: id, again: String(again) };
  const attributes = Object.entries(known).filter(([, value]) => value !== '');
  return {
    TopicArn: arn,
    // no line breaks, no control characters
    Subject:
      title
        .replace(/[^\P{C} ]+|\s+/gu, ' ')
        .trim()
        .slice(0, longestSubject) || severity,
    Message: [textOf(notice), ...tapLines(notice)].join('\n'),
    MessageAttributes: Object.fromEntries(attributes.map(([name, value]) => [name, text(value)])),
    // those topics keep the order of a group, and know a repeat
    ...(arn.endsWith('.fifo') ? { MessageGroupId: plain(thread), MessageDeduplicationId: plain(key) } : {}),
  };
}

/** Letters and digits, 128 at most. */
function plain(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}

function text(value: string): { DataType: string; StringValue: string } {
  return { DataType: 'String', StringValue: value };
}
