import type { Readable } from 'node:stream';

/** Bytes in memory, as they flow, or in a file on this machine. */
export type Body = Buffer | Readable | { readonly file: string };

export interface PutOptions {
  /** `image/jpeg`; without it, what the key's extension says. */
  readonly contentType?: string;
  /** Lower-case hex. Bytes that differ are not stored. */
  readonly sha256?: string;
}

/** What a put left in the bucket. */
export interface Stored {
  readonly key: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface Listed {
  readonly key: string;
  readonly bytes: number;
  /** When it was put. */
  readonly time: number;
}

export interface ObjectInfo extends Listed {
  readonly contentType: string;
  /** Absent when somebody else put the object there. */
  readonly sha256?: string;
  /** It cannot be deleted before this time. */
  readonly lockedUntil?: number;
  /** It cannot be deleted until the hold is lifted. */
  readonly held?: boolean;
}

/** Bytes from `start` to `end`, both included, as in HTTP. */
export interface Range {
  readonly start: number;
  readonly end?: number;
}

export interface UrlOptions {
  /** How long it works. */
  readonly seconds: number;
  /** What the browser is told. */
  readonly contentType?: string;
}

export interface Lock {
  /** Objects may be locked for longer later, never for shorter. */
  readonly until: number;
  /** `governance` can be lifted by who may bypass it, `compliance` by nobody. */
  readonly mode: 'governance' | 'compliance';
}

export interface Capabilities {
  /** `lock` works. */
  readonly lock: boolean;
  /** `hold` works. */
  readonly hold: boolean;
}

/**
 * Where large things lie: frames, clips, sound, backups. A folder or S3, with the same promises:
 * a put is whole or not there, and what is handed out is what was put.
 * Every method rejects with a PerceptError of code `bucket-…`.
 */
export interface Bucket {
  readonly kind: 'folder' | 's3';
  /** For people and logs: path or address, without secrets. */
  readonly label: string;
  /** Resolves when the object is on disk (folder) or acknowledged (S3). An object of the same key is replaced. */
  put(key: string, body: Body, options?: PutOptions): Promise<Stored>;
  /** The whole object, its checksum verified. */
  get(key: string): Promise<Buffer>;
  /** The same in pieces: ends with `bucket-corrupt`, before the last piece, if the checksum differs. */
  stream(key: string): Promise<Readable>;
  /** A part of an object. A part has no checksum of its own, so it is not verified. */
  range(key: string, range: Range): Promise<Readable>;
  head(key: string): Promise<ObjectInfo>;
  /** Keys that begin with `prefix`, in order. */
  list(prefix?: string): AsyncIterable<Listed>;
  /** With all its versions. An object that is not there counts as deleted. */
  delete(key: string): Promise<void>;
  /** An address for a browser; undefined where nothing serves this bucket. */
  url(key: string, options: UrlOptions): Promise<string | undefined>;
  lock(key: string, lock: Lock): Promise<void>;
  /** A legal hold: no end, until it is lifted. */
  hold(key: string, on: boolean): Promise<void>;
  capabilities(): Promise<Capabilities>;
  /** Resolves when the bucket is there and may be read and written: it puts, gets and deletes a small object. */
  check(): Promise<void>;
  close(): Promise<void>;
}
