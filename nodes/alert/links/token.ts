import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a link is for: to see an alert, or to see and take it. */
export const purposes = ['open', 'acknowledge'] as const;
export type Purpose = (typeof purposes)[number];

export interface Claim {
  readonly purpose: Purpose;
  /** Of the alert's policy: `policyTag`. */
  readonly policy: string;
  readonly alert: number;
  /** ms UTC, to the second: a store that was begun anew counts its alerts from 1 again. */
  readonly opened: number;
  /** Number of the notice within the alert: who was told, and where. */
  readonly notice: number;
  /** ms UTC, to the second. */
  readonly until: number;
}

const version = 1;
const tagBytes = 6;
/** Version and purpose, policy, opened, until. */
const headBytes = 1 + tagBytes + 4 + 4;
/** HMAC-SHA256, cut to 128 bits (NIST SP 800-107, 5.1): an SMS has little room. */
const macBytes = 16;
const shape = /^[\w-]{40,120}$/;

/** Stands for the name of a policy in links. */
export function policyTag(name: string): string {
  return createHash('sha256')
    .update(name)
    .digest('hex')
    .slice(0, 2 * tagBytes);
}

/** A claim that only who has the key can make: 45 to 60 letters, digits, `-` and `_`; numbers alone, nothing personal. */
export function seal(key: Buffer, { purpose, policy, alert, opened, notice, until }: Claim): string {
  const head = Buffer.alloc(headBytes);
  head.writeUInt8((version << 4) | purposes.indexOf(purpose), 0);
  head.write(policy, 1, 'hex');
  head.writeUInt32BE(seconds(opened), 1 + tagBytes);
  head.writeUInt32BE(seconds(until), 5 + tagBytes);
  const body = Buffer.concat([head, varint(alert), varint(notice)]);
  return Buffer.concat([body, mac(key, body)]).toString('base64url');
}

/** @returns undefined where it was not sealed with this key; whether its time is over is for the caller to look at */
export function unseal(key: Buffer, token: string): Claim | undefined {
  if (!shape.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const body = bytes.subarray(0, -macBytes);
  // another spelling of the same bytes is none of ours
  if (body.length < headBytes + 2 || bytes.toString('base64url') !== token) return undefined;
  if (!timingSafeEqual(bytes.subarray(-macBytes), mac(key, body))) return undefined;
  const first = body.readUInt8(0);
  const purpose = purposes[first & 15];
  if (first >> 4 !== version || purpose === undefined) return undefined;
  const [alert, next] = readVarint(body, headBytes);
  const [notice] = readVarint(body, next);
  return {
    ...{ purpose, alert, notice, policy: body.subarray(1, 1 + tagBytes).toString('hex') },
    ...{ opened: body.readUInt32BE(1 + tagBytes) * 1000, until: body.readUInt32BE(5 + tagBytes) * 1000 },
  };
}

function mac(key: Buffer, body: Buffer): Buffer {
  return createHmac('sha256', key).update('percept alert link\n').update(body).digest().subarray(0, macBytes);
}

/** 32 bits: until 2106. */
function seconds(ms: number): number {
  return Math.min(0xffff_ffff, Math.max(0, Math.floor(ms / 1000)));
}

/** Seven bits a byte, lowest first (LEB128). @param value whole, from 0 to 2^53 - 1 */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

function readVarint(bytes: Buffer, from: number): [value: number, next: number] {
  let [value, place, at] = [0, 1, from];
  for (;;) {
    const byte = bytes.readUInt8(at++);
    value += (byte & 127) * place;
    if (byte < 128) return [value, at];
    place *= 128;
  }
}
