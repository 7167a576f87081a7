import assert from 'node:assert/strict';
import test from 'node:test';
import { html } from '../../dist/alert/channels/html.js';
import { tapLines, tapsOf } from '../../dist/alert/channels/links.js';
import { parts, smsText } from '../../dist/alert/channels/sms.js';
import { setLanguage } from '../../dist/kit/index.js';
import { notice } from '../support/provider-notice.ts';

const token = 'A'.repeat(47);
const links = {
  open: `https://plant.example/percept/alert/o${token}`,
  acknowledge: `https://plant.example/percept/alert/a${token}`,
};

test('a notice offers to look and to take, and only to look when nothing is left to take', () => {
  setLanguage('en-US');
  assert.deepEqual(tapLines(notice(1, { links })), [`Open: ${links.open}`, `I take it: ${links.acknowledge}`]);
  for (const state of ['acknowledged', 'resolved', 'expired'] as const)
    assert.deepEqual(
      tapsOf(notice(1, { links, state })).map(({ takes }) => takes),
      [false],
    );
  assert.deepEqual(tapsOf(notice(1, { links, occasion: 'test' })).length, 1);
  assert.deepEqual(tapsOf(notice(1)), []);
  setLanguage('ko');
  assert.deepEqual(
    tapsOf(notice(1, { links })).map(({ label }) => label),
    ['열기', '제가 맡겠습니다'],
  );
  setLanguage('en-US');
});

test('a mail without links has no buttons, and what stands in a link stays in it', () => {
  assert.doesNotMatch(html(notice(1), false), /<a /);
  const odd = { open: 'https://plant.example/"><script>', acknowledge: 'https://plant.example/b' };
  const page = html(notice(1, { links: odd }), false);
  assert.doesNotMatch(page, /<script>/);
  assert.equal(page.match(/<a href=/g)?.length, 2);
});

test('parts of an SMS are counted as telephones do', () => {
  assert.deepEqual([parts('a'.repeat(160)), parts('a'.repeat(161)), parts('a'.repeat(307))], [1, 2, 3]);
  assert.deepEqual([parts('€'.repeat(80)), parts('€'.repeat(81))], [1, 2]);
  assert.deepEqual([parts('가'.repeat(70)), parts('가'.repeat(71)), parts('😀'.repeat(35))], [1, 2, 1]);
});

test('an SMS keeps its link whole, in three parts at most, and has one link alone', () => {
  for (const text of ['Somebody stands there. ', '누군가 문 앞에 있습니다. ', 'Straße ', '[a]{b}~€ ', '😀']) {
    const sms = smsText(notice(1, { links, text: text.repeat(200) }));
    assert.ok(parts(sms) <= 3, `${text}: ${parts(sms)}`);
    assert.ok(sms.endsWith(`...\n${links.acknowledge}`), sms.slice(-120));
    assert.ok(!sms.includes(links.open));
    assert.ok(sms.isWellFormed());
  }
  assert.equal(smsText(notice(1, { links })), `Somebody at the door\nSince noon\n${links.acknowledge}`);
  assert.ok(smsText(notice(1, { links, state: 'resolved' })).endsWith(links.open));
  assert.equal(smsText(notice(1)), 'Somebody at the door\nSince noon');
});
