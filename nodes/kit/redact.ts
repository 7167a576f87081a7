const secretKey =
  /pass(word|phrase|wd)?$|secret|token|authori[sz]ation|cookie|credential|api_?key|access_?key|private_?key|^key$/i;
const urlPassword = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)([^\s@/]+)(@)/gi;
const signedQuery = /([?&](?:X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|token|key|secret)=)[^&\s]+/gi;
/** A link in a notice lets in whoever has it. */
const capability = /(\/percept\/alert\/)[\w-]{40,}/g;
const mask = '***';

/**
 * A copy of `value` that may be logged: values under secret-looking keys, passwords inside URLs, signatures in presigned
 * URLs and every string of `secrets` are masked; buffers become their length; depth and length are bounded.
 */
export function redact(value: unknown, secrets: readonly string[] = [], depth = 0): unknown {
  if (typeof value === 'string') return redactText(value, secrets);
  if (value === null || typeof value !== 'object') return value;
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if (value instanceof Error) return redactText(value.message, secrets);
  if (depth >= 4) return '…';
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => redact(item, secrets, depth + 1));
  const shown = Object.entries(value)
    .slice(0, 50)
    .map(([key, item]) => [key, secretKey.test(key) ? mask : redact(item, secrets, depth + 1)]);
  return Object.fromEntries(shown);
}

/** The same for a text: what is logged, shown in a status or sent in a notice goes through here. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  let shown = text
    .replace(urlPassword, `$1${mask}$3`)
    .replace(signedQuery, `$1${mask}`)
    .replace(capability, `$1${mask}`);
  for (const secret of secrets) {
    if (secret.length >= 4) shown = shown.replaceAll(secret, mask);
  }
  return shown;
}
