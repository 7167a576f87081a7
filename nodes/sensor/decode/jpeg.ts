import { decodeError } from './errors.js';

export interface JpegFacts {
  /** pixels */
  readonly width: number;
  readonly height: number;
}

const startOfScan = 0xda;
const endOfImage = Buffer.from([0xff, 0xd9]);
/** DHT, JPG and DAC lie among the frame headers SOF0 to SOF15 (ITU-T T.81, table B.1) but are none. */
const noFrameHeader = new Set([0xc4, 0xc8, 0xcc]);
/** Cameras pad what they send. */
const maxPadding = 1024;

export function isJpeg(bytes: Buffer): boolean {
  return bytes.length > 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Size of a picture, by its markers alone; nothing is decompressed.
 * @param name for errors: a topic or a file
 * @throws PerceptError `decode-jpeg`
 */
export function readJpeg(name: string, bytes: Buffer): JpegFacts {
  const fail = (problem: string) => decodeError('decode-jpeg', { name, problem });
  if (!isJpeg(bytes)) throw fail('it does not start like one');
  const end = bytes.lastIndexOf(endOfImage);
  if (end === -1 || end < bytes.length - 2 - maxPadding) throw fail('its end is missing');
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === startOfScan) break;
    if (marker >= 0xc0 && marker <= 0xcf && !noFrameHeader.has(marker)) {
      const facts = { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
      if (facts.width === 0 || facts.height === 0) break;
      return facts;
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  throw fail('it has no frame header');
}
