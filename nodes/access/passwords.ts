import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';

/** One of OWASP's choices (Password Storage Cheat Sheet, 2024): 32 MiB, which a small board has too. */
const cost = { log2N: 15, r: 8, p: 3 } as const;
const bytes = 32;
const memory = 64 * 1024 * 1024;

export const shortestPassword = 10;
/** Longer ones would only be a way to keep the processor busy. */
const longestPassword = 1000;

/** @returns in the PHC string format: `$scrypt$ln=15,r=8,p=3$salt$hash` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost.log2N, cost.r, cost.p);
  return `$scrypt$ln=${cost.log2N},r=${cost.r},p=${cost.p}$${base64(salt)}$${base64(hash)}`;
}

/** Takes as long for a user who doesn't exist (`hash` undefined) as for one who does. */
export async function checkPassword(password: string, hash: string | undefined): Promise<boolean> {
  if (password.length > longestPassword) return false;
  const found = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash ?? '');
  if (!found) {
    await derive(password, Buffer.alloc(16), cost.log2N, cost.r, cost.p);
    return false;
  }
  const [, log2N, r, p, salt, expected] = found;
  const hashed = await derive(password, Buffer.from(salt ?? '', 'base64'), Number(log2N), Number(r), Number(p));
  const known = Buffer.from(expected ?? '', 'base64');
  return hashed.length === known.length && timingSafeEqual(hashed, known);
}

/** What is wrong with it, if anything. Length alone counts (NIST SP 800-63B-4, 3.1.1.2). */
export function weakness(password: string, user: string): 'short' | 'long' | 'name' | undefined {
  if (password.length < shortestPassword) return 'short';
  if (password.length > longestPassword) return 'long';
  if (password.toLowerCase().includes(user.toLowerCase()) && password.length < user.length + shortestPassword)
    return 'name';
  return undefined;
}

const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Read from a screen and typed: no letters that look alike. 79 bits. */
export function oneTimePassword(): string {
  const group = (): string => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

/** More at once would take all threads from files, and all memory from small boards. */
const mostAtOnce = 2;
let busy = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, log2N: number, r: number, p: number): Promise<Buffer> {
  if (busy >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else busy++;
  try {
    const options = { N: 2 ** log2N, r, p, maxmem: memory };
    return await new Promise((resolve, reject) => {
      scrypt(password.normalize('NFKC'), salt, bytes, options, (failure, key) =>
        failure ? reject(failure) : resolve(key),
      );
    });
  } finally {
    const next = waiting.shift();
    if (next) next();
    else busy--;
  }
}

function base64(data: Buffer): string {
  return data.toString('base64').replaceAll('=', '');
}
