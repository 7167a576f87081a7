import { outlierError } from './errors.js';
import { loadState, type Part, saveState, stateBytes } from './state.js';

/** Raised whenever a part remembers something else than before. */
export const stateVersion = 3;
const mark = 0x4f435250;
const header = 20;

/** Mark, version, names of the channels, length and checksum of what follows: the state. Little-endian. */
export function saveModel(model: Part, names: readonly string[]): Uint8Array {
  const body = saveState(model);
  const bytes = new Uint8Array(header + body.length);
  bytes.set(body, header);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, mark, true);
  view.setUint32(4, stateVersion, true);
  view.setUint32(8, namesHash(names), true);
  view.setUint32(12, body.length, true);
  view.setUint32(16, hash(body), true);
  return bytes;
}

/** @throws outlier-state-newer, outlier-state-other or outlier-state-broken, before anything was changed */
export function restoreModel(model: Part, names: readonly string[], bytes: Uint8Array): void {
  const expected = header + stateBytes(model);
  const broken = outlierError('outlier-state-broken', { bytes: bytes.length, expected });
  if (bytes.length < header) throw broken;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== mark) throw broken;
  const version = view.getUint32(4, true);
  if (version > stateVersion) throw outlierError('outlier-state-newer', { version, known: stateVersion });
  if (view.getUint32(8, true) !== namesHash(names)) {
    throw outlierError('outlier-state-other', { channels: names.join(', ') });
  }
  const body = bytes.subarray(header);
  if (version < stateVersion || bytes.length !== expected || view.getUint32(16, true) !== hash(body)) throw broken;
  loadState(model, body);
}

function namesHash(names: readonly string[]): number {
  return hash(new TextEncoder().encode(JSON.stringify(names)));
}

/** FNV-1a, 32 bits: against accidents, not against anyone. */
function hash(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}
