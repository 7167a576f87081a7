import { access, constants } from 'node:fs/promises';
import { type PerceptError, toPerceptError } from '../../kit/index.js';
import { storeError } from '../errors.js';
import type { Failure } from './protocol.js';

/** https://www.sqlite.org/rescode.html */
export function sqliteError(failure: Failure, store: string): PerceptError {
  const detail = failure.message;
  const params = { store, detail };
  const cause = { cause: failure };
  switch ((failure.errcode ?? 0) & 0xff) {
    case 5:
    case 6:
      return storeError('store-locked', params, cause);
    case 8:
      return storeError('store-read-only', params, cause);
    case 11:
      return storeError('store-corrupt', params, cause);
    case 13:
      return storeError('store-full', params, cause);
    case 3:
    case 14:
    case 23:
      return storeError('store-no-permission', params, cause);
    case 19:
    case 20:
      return storeError('store-row-invalid', params, cause);
    case 26:
      return storeError('store-not-a-database', { store }, cause);
    case 10:
      return storeError(ioIsFull(failure) ? 'store-full' : 'store-failed', params, cause);
    default:
      return storeError('store-failed', params, cause);
  }
}

/** Some file systems tell of a full disk only when the log is synced or the shared memory grows. */
function ioIsFull({ errcode = 0 }: Failure): boolean {
  const shmSize = 19;
  return errcode >> 8 === shmSize;
}

/** An error of the file system, before SQLite has seen the file. */
export function fileError(thrown: unknown, store: string): PerceptError {
  const { code, message } = thrown as NodeJS.ErrnoException;
  const params = { store, detail: message };
  const cause = { cause: thrown };
  if (code === 'ENOSPC' || code === 'EDQUOT') return storeError('store-full', params, cause);
  if (code === 'EROFS') return storeError('store-read-only', params, cause);
  if (code === 'EACCES' || code === 'EPERM' || code === 'ENOTDIR')
    return storeError('store-no-permission', params, cause);
  return storeError('store-failed', params, cause);
}

/** SQLite only says that it can't open a file; where the file could be read, it is write access that is missing. */
export async function openError(thrown: unknown, store: string): Promise<PerceptError> {
  const problem = toPerceptError(thrown);
  if (problem.code !== 'store-no-permission') return problem;
  const readable = await access(store, constants.R_OK).then(
    () => true,
    () => false,
  );
  const detail = 'its folder may not be written, where SQLite keeps its log';
  return readable ? storeError('store-read-only', { store, detail }, { cause: thrown }) : problem;
}
