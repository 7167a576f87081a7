import { createECDH, type ECDH, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pushError } from './push-errors.js';

/** What we sign with, so that a push service and a browser know who sends (VAPID, RFC 8292). */
export interface PushKeys {
  /** Uncompressed point of P-256, 65 bytes, and its scalar, 32 bytes: base64url. */
  readonly publicKey: string;
  readonly privateKey: string;
  /** Whom a push service can ask: `mailto:` or `https:`. */
  readonly subject: string;
}

const curve = 'prime256v1';
const usualSubject = 'mailto:percept@example.com';

/**
 * Of the environment (PERCEPT_VAPID_PRIVATE_KEY, _PUBLIC_KEY, _SUBJECT), else of a file in the user directory that only its owner may
 * read; made when there is none. Processes that start at one time end up with the same.
 * @param contact an address for the push service, where the environment names none
 * @throws PerceptError `push-keys`
 */
export async function pushKeys(folder: string, contact = '', env: NodeJS.ProcessEnv = process.env): Promise<PushKeys> {
  const subject = subjectOf(env['PERCEPT_VAPID_SUBJECT'] || contact);
  const given = env['PERCEPT_VAPID_PRIVATE_KEY'];
  if (given) return { ...pairOf(given, 'PERCEPT_VAPID_PRIVATE_KEY', env['PERCEPT_VAPID_PUBLIC_KEY']), subject };
  const file = join(folder, 'percept', 'push-key');
  const text = await readFile(file, 'utf8').catch(async (thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'ENOENT') throw pushError('push-keys', { where: file, problem: thrown.message });
    await make(file).catch((cause: Error) => {
      throw pushError('push-keys', { where: file, problem: cause.message }, { cause });
    });
    return await readFile(file, 'utf8');
  });
  return { ...pairOf(text.trim(), file), subject };
}

/** Written whole beside it, then given its name: whoever comes second finds the name taken and reads the first one's. */
async function make(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    const pair = createECDH(curve);
    pair.generateKeys();
    await handle.writeFile(`${privateOf(pair)}\n`);
    await handle.sync();
    await link(draft, file).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EEXIST') throw thrown;
    });
  } finally {
    await handle.close();
    await unlink(draft);
  }
}

function pairOf(privateKey: string, where: string, publicKey = ''): Pick<PushKeys, 'publicKey' | 'privateKey'> {
  const pair = createECDH(curve);
  try {
    const bytes = Buffer.from(privateKey, 'base64url');
    if (bytes.length !== 32) throw new Error(`it has ${bytes.length} bytes, not 32`);
    pair.setPrivateKey(bytes);
  } catch (cause) {
    throw pushError('push-keys', { where, problem: (cause as Error).message }, { cause });
  }
  const own = pair.getPublicKey('base64url');
  if (publicKey && Buffer.from(publicKey, 'base64url').toString('base64url') !== own)
    throw pushError('push-keys', { where: 'PERCEPT_VAPID_PUBLIC_KEY', problem: 'it belongs to another private key' });
  return { publicKey: own, privateKey: privateOf(pair) };
}

/** Node leaves zeros at the beginning away. */
function privateOf(pair: ECDH): string {
  const bytes = pair.getPrivateKey();
  return Buffer.concat([Buffer.alloc(32 - bytes.length), bytes]).toString('base64url');
}

function subjectOf(contact: string): string {
  const text = contact.trim();
  if (text === '') return usualSubject;
  return /^(mailto|https):/.test(text) ? text : `mailto:${text}`;
}
