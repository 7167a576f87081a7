import { decodeError } from './errors.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const maxDepth = 64;

/** @throws PerceptError `decode-utf8` */
export function readText(topic: string, payload: Buffer): string {
  try {
    return utf8.decode(payload);
  } catch (cause) {
    throw decodeError('decode-utf8', { topic }, { cause });
  }
}

/** @throws PerceptError `decode-utf8`, `decode-json`, `decode-nested` */
export function readJson(topic: string, payload: Buffer): unknown {
  const text = readText(topic, payload);
  if (depthOf(text) > maxDepth) throw decodeError('decode-nested', { topic, limit: maxDepth });
  try {
    return JSON.parse(text);
  } catch (thrown) {
    // V8 quotes the text around the error; what a message holds does not belong into a log
    const where = /position (\d+)/.exec(String(thrown))?.[1];
    const problem = where ? `unexpected text at character ${where}` : 'it ends too early or has unexpected text';
    throw decodeError('decode-json', { topic, problem });
  }
}

/** Of brackets outside of strings; what recursion over the parsed value may cost. */
function depthOf(text: string): number {
  if (text.length <= maxDepth) return 0;
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5c && quoted) i++;
    else if (c === 0x22) quoted = !quoted;
    else if (quoted) continue;
    else if (c === 0x7b || c === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (c === 0x7d || c === 0x5d) depth--;
  }
  return deepest;
}

/** How a value is spoken of in an error, without quoting what may be private. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return isNotANumber(value) ? `"${value.trim()}"` : 'a text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A number or a text that is nothing but a decimal number; undefined for everything else, also for what overflows. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.length > 400 || !plainNumber.test(value.trim())) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Whether a text is some program's way to print NaN or an infinity. */
export function isNotANumber(text: string): boolean {
  return text.length < 20 && /^[+-]?(nan(\(.*\))?|inf(inity)?|1\.#(inf|ind|qnan)\d*)$/i.test(text.trim());
}
