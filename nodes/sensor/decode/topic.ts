import { decodeError } from './errors.js';

/** What the named wildcards of a pattern stood for. */
export type Parts = Readonly<Record<string, string | undefined>>;

export interface TopicPattern {
  /** What is subscribed to: the names taken out. */
  readonly filter: string;
  /** The names, in order. */
  readonly names: readonly string[];
  /** undefined: the topic does not match. */
  match(topic: string): Parts | undefined;
}

const name = /^[A-Za-z_][A-Za-z0-9_]*$/;
const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * A pattern such as `site/+machine/+quantity` or `plant/#rest`; plain `+` and `#` match without a name.
 * @throws PerceptError `decode-topic-pattern`
 */
export function topicPattern(pattern: string): TopicPattern {
  const levels = pattern.split('/').map((level, i, all) => readLevel(pattern, level, i === all.length - 1));
  const names = levels.flatMap((level) => (level.name ? [level.name] : []));
  if (pattern === '' || new Set(names).size < names.length) throw decodeError('decode-topic-pattern', { pattern });
  return {
    filter: levels.map((level) => level.filter).join('/'),
    names,
    match: (topic) => match(levels, topic),
  };
}

interface Level {
  readonly filter: string;
  readonly name?: string;
}

function readLevel(pattern: string, level: string, last: boolean): Level {
  const wildcard = level[0];
  if (wildcard !== '+' && wildcard !== '#') {
    if (/[+#\0]/.test(level)) throw decodeError('decode-topic-pattern', { pattern });
    return { filter: level };
  }
  const rest = level.slice(1);
  const wrongName = rest !== '' && (!name.test(rest) || forbiddenNames.has(rest));
  if (wrongName || (wildcard === '#' && !last)) throw decodeError('decode-topic-pattern', { pattern });
  return rest ? { filter: wildcard, name: rest } : { filter: wildcard };
}

function match(levels: readonly Level[], topic: string): Parts | undefined {
  const given = topic.split('/');
  // a wildcard at the start does not match topics of the broker itself (MQTT 5, 4.7.2)
  if (topic.startsWith('$') && levels[0]?.filter !== given[0]) return undefined;
  const parts: Record<string, string> = {};
  for (const [i, level] of levels.entries()) {
    if (level.filter === '#') {
      if (level.name) parts[level.name] = given.slice(i).join('/');
      return parts;
    }
    const part = given[i];
    if (part === undefined || (level.filter !== '+' && level.filter !== part)) return undefined;
    if (level.name) parts[level.name] = part;
  }
  return given.length === levels.length ? parts : undefined;
}
