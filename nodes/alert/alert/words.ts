import { language } from '../../kit/index.js';
import type { Words } from '../desk/texts.js';
import { severityWords } from '../desk/titles.js';

/** The words of notices, from the node's locale files; what they hold as `__name__` is filled in later. */
export function wordsOf(translate: (key: string, params?: Record<string, string>) => string): Words {
  const kept = (key: string, ...names: readonly string[]) =>
    translate(key, Object.fromEntries(names.map((name) => [name, `__${name}__`])));
  return {
    severity: severityWords[language()],
    occasion: {
      repeat: kept('alert.notice.repeat'),
      update: kept('alert.notice.update'),
      acknowledged: kept('alert.notice.acknowledged', 'by'),
      taken: kept('alert.notice.taken'),
      resolved: kept('alert.notice.resolved'),
      expired: kept('alert.notice.expired'),
      test: kept('alert.notice.test'),
    },
    testTitle: kept('alert.notice.testTitle'),
    testText: kept('alert.notice.testText'),
    counted: kept('alert.notice.counted', 'count'),
    since: kept('alert.notice.since', 'since'),
    language: language(),
  };
}
