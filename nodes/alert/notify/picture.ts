import { basename, extname } from 'node:path';
import type { AlertNotice } from '../../kit/index.js';
import type { Bucket } from '../../store/bucket/bucket.js';
import type { Picture } from '../channels/channel.js';

const types: Readonly<Record<string, string>> = { '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png' };
/** Mail servers refuse what is large. */
const mostBytes = 3_000_000;

/** @returns `image/jpeg`, where the key is that of a picture that mail programs and browsers show */
export function pictureType(key: string): string | undefined {
  return types[extname(key).toLowerCase()];
}

/** The first picture among the evidence. */
export async function pictureOf({ evidence }: AlertNotice, bucket: Bucket): Promise<Picture | undefined> {
  const key = evidence.find((one) => pictureType(one) !== undefined);
  if (key === undefined) return undefined;
  const bytes = await bucket.get(key);
  const type = pictureType(key);
  return type === undefined || bytes.length > mostBytes ? undefined : { name: basename(key), type, bytes };
}
