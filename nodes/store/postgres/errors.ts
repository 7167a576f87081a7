import { PerceptError } from '../../kit/index.js';
import { storeError } from '../errors.js';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const byCode: Readonly<Record<string, Code>> = {
  '25006': 'store-read-only',
  '28000': 'store-wrong-password',
  '28P01': 'store-wrong-password',
  '3D000': 'store-missing',
  '40001': 'store-locked',
  '40P01': 'store-locked',
  '42501': 'store-no-permission',
  '53100': 'store-full',
  '53200': 'store-full',
  '53300': 'store-unreachable',
  '55P03': 'store-locked',
  '57P01': 'store-unreachable',
  '57P02': 'store-unreachable',
  '57P03': 'store-unreachable',
  '57P05': 'store-unreachable',
  '58030': 'store-full',
  XX001: 'store-corrupt',
  XX002: 'store-corrupt',
};
const byClass: Readonly<Record<string, Code>> = {
  '08': 'store-unreachable',
  '22': 'store-row-invalid',
  '23': 'store-row-invalid',
};
type Code =
  | 'store-read-only'
  | 'store-wrong-password'
  | 'store-missing'
  | 'store-locked'
  | 'store-no-permission'
  | 'store-full'
  | 'store-unreachable'
  | 'store-corrupt'
  | 'store-row-invalid'
  | 'store-failed';

/** @param thrown by pg: an error of the server's with its SQLSTATE, of the socket, or pg's own */
export function postgresError(thrown: unknown, store: string): PerceptError {
  if (thrown instanceof PerceptError) return thrown;
  const { message, code } = thrown as Error & { code?: string };
  const cause = { cause: thrown };
  const name = nameOf(code, message);
  if (name === 'store-wrong-password') return storeError(name, { store }, cause);
  return storeError(name, { store, detail: message || code || 'no answer' }, cause);
}

function nameOf(code: string | undefined, message: string): Code {
  // pg's own errors have no code, the socket's have one with letters: https://nodejs.org/api/errors.html#common-system-errors
  if (/password must be a string|no password|SCRAM/i.test(message)) return 'store-wrong-password';
  if (code === undefined)
    return /connection|timeout|timed out|ended|terminat/i.test(message) ? 'store-unreachable' : 'store-failed';
  if (/^E[A-Z]+|^ERR_/.test(code)) return 'store-unreachable';
  return byCode[code] ?? byClass[code.slice(0, 2)] ?? 'store-failed';
}

/** After these the connection, and perhaps the server, is not what it was. */
export function isLost({ code }: PerceptError): boolean {
  return ['store-unreachable', 'store-silent', 'store-read-only', 'store-failed'].includes(code);
}
