import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Manner = 'well' | 'throttled' | 'hang' | 'down';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Answers as SNS does (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html): in XML, and only who signs by SigV4. */
export class SnsServer {
  /** What was published: the parameters of each call. */
  readonly published: URLSearchParams[] = [];
  asked = 0;
  manner: Manner = 'well';
  readonly keyId = 'AKIDEXAMPLE';
  readonly secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      this.asked++;
      const answer = this.#answer(request, Buffer.concat(parts).toString());
      if (!answer) return;
      const { status, body, headers = {} } = answer;
      response.writeHead(status, { 'content-type': 'text/xml', ...headers }).end(body);
    });
  }

  static async start(): Promise<SnsServer> {
    const sns = new SnsServer();
    sns.#server.listen(0, '127.0.0.1');
    await once(sns.#server, 'listening');
    return sns;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(
    request: IncomingMessage,
    body: string,
  ): { status: number; body: string; headers?: Record<string, string> } | undefined {
    if (this.manner === 'hang') return undefined;
    if (this.manner === 'down') return error(503, 'ServiceUnavailable', 'Back in a minute');
    const wrong = signatureProblem(request, body, this.keyId, this.secret);
    if (wrong) return error(403, wrong, 'The request signature we calculated does not match');
    if (this.manner === 'throttled')
      return { ...error(429, 'Throttled', 'Rate exceeded'), headers: { 'retry-after': '7' } };
    const given = new URLSearchParams(body);
    const number = given.get('PhoneNumber');
    if (number !== null && !/^\+\d{8,15}$/.test(number))
      return error(
        400,
        'InvalidParameter',
        `Invalid parameter: PhoneNumber Reason: ${number} is not valid to publish to`,
      );
    if (given.get('TopicArn')?.endsWith(':gone')) return error(404, 'NotFound', 'Topic does not exist');
    this.published.push(given);
    return {
      status: 200,
      body: `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m-${this.published.length}</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>`,
    };
  }
}

/** Attributes by name, as a subscription's filter sees them. */
export function attributesOf(given: URLSearchParams): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [key, value] of given) {
    const [, entry] = /^MessageAttributes\.entry\.(\d+)\.Name$/.exec(key) ?? [];
    if (entry) found[value] = given.get(`MessageAttributes.entry.${entry}.Value.StringValue`) ?? '';
  }
  return found;
}

function error(status: number, code: string, message: string): { status: number; body: string } {
  const body = `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  return { status, body };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html @returns undefined: it is right */
function signatureProblem(request: IncomingMessage, body: string, keyId: string, secret: string): string | undefined {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/sns\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/;
  const [, key, date, region, names, signature] = form.exec(request.headers.authorization ?? '') ?? [];
  if (!key || !date || !region || !names) return 'MissingAuthenticationToken';
  if (key !== keyId) return 'InvalidClientTokenId';
  const time = String(request.headers['x-amz-date']);
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, '/', '', headers.join(''), names, sha256(body)].join('\n');
  const scope = `${date}/${region}/sns/aws4_request`;
  const signing = [date, region, 'sns', 'aws4_request'].reduce<string | Buffer>(
    (by, part) => hmac(by, part),
    `AWS4${secret}`,
  );
  const right = hmac(signing, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
  return right === signature ? undefined : 'SignatureDoesNotMatch';
}
