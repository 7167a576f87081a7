import { type AlertNotice, language } from '../../kit/index.js';

const again = {
  'en-US': 'You may have received this before: no answer came the first time.',
  ko: '처음 보냈을 때 응답이 없었습니다. 이미 받으셨을 수 있습니다.',
};

/** The text, with a line that says so where it may have arrived before. */
export function textOf(notice: AlertNotice): string {
  const { text, title } = notice;
  return [text || title, ...(notice.again ? [again[language()]] : [])].join('\n');
}

/** It changes what was told before. */
export function changesEarlier({ occasion }: AlertNotice): boolean {
  return occasion === 'update' || occasion === 'acknowledged' || occasion === 'resolved';
}
