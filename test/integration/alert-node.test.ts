import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Alert, AlertNotice } from '../../dist/kit/index.js';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { alertFlow, alertIds } from '../support/alert-flow.ts';
import { needs } from '../support/needs.ts';
import { type Message, NodeRed } from '../support/node-red.ts';
import { until } from '../support/until.ts';

const { alert: node } = alertIds;
const steps = [
  { after: 0, channel: 'push', to: 'anna', chain: '' },
  { after: 1, channel: 'sms', to: '', chain: '' },
];

const notices = (nodeRed: NodeRed): AlertNotice[] =>
  nodeRed.messages('notices').map(({ alert }) => alert as AlertNotice);
const changes = (nodeRed: NodeRed): Alert[] => nodeRed.messages('changes').map(({ alert }) => alert as Alert);
const errors = (nodeRed: NodeRed): string[] =>
  nodeRed.messages('errors').map(({ error }) => (error as { message: string }).message);

function finding(source: string, more: object = {}): Message {
  const of = { kind: 'loitering', source, severity: 'warning', since: Date.now(), reasons: ['Somebody is there'] };
  return { topic: 'x', finding: { ...of, ...more } };
}

async function told(nodeRed: NodeRed, source: string, channel: string): Promise<AlertNotice> {
  const find = () => notices(nodeRed).find((one) => one.source === source && one.channel === channel);
  return await until(find, { what: `${channel} about ${source}` });
}

for (const kind of ['sqlite', 'postgres'] as const) {
  describe(`alert in a Node-RED on ${kind}`, { skip: kind === 'postgres' && needs('postgresql') }, () => {
    let server: PostgresServer | undefined;
    let nodeRed: NodeRed;
    before(async () => {
      server = kind === 'postgres' ? await startPostgres() : undefined;
      const url = (await server?.database()) ?? 'alert.sqlite';
      const credentials = { [alertIds.store]: { user: server?.user ?? '', password: server?.password ?? '' } };
      nodeRed = await NodeRed.start({
        flow: alertFlow(url, { steps, heartbeat: '1', resolveAfter: '1', title: '{kind} at {source}', text: '{oops}' }),
        credentials,
      });
    });
    after(async () => {
      await nodeRed?.stop();
      await server?.stop();
    });

    test('tells that a template cannot be used, and goes on with the usual one', async () => {
      await until(() => errors(nodeRed).some((text) => text.includes('{oops}')), { what: 'the error' });
      nodeRed.inject(node, finding('gate'));
      const { title, text } = await told(nodeRed, 'gate', 'push');
      assert.equal(title, 'loitering at gate');
      assert.match(text, /^Somebody is there\nSince /);
    });

    test('a finding becomes a notice for its channel, escalates, and is taken', async () => {
      nodeRed.inject(node, finding('door'));
      const push = await told(nodeRed, 'door', 'push');
      assert.deepEqual([push.to, push.occasion, push.again, push.state], ['anna', 'step', false, 'open']);
      assert.equal(nodeRed.messages('notices').find(({ alert }) => alert === push)?.topic ?? 'push', 'push');
      // as a message that has gone through what delivers: it still carries the alert
      nodeRed.inject(node, { topic: 'push', alert: push, delivery: { ok: true } });
      await until(() => changes(nodeRed).some(({ id, state }) => id === push.id && state === 'notified'));
      await told(nodeRed, 'door', 'sms');
      nodeRed.inject(node, { topic: 'x', acknowledge: { id: push.id, by: 'anna' } });
      const taken = await until(() =>
        changes(nodeRed).find(({ id, state }) => id === push.id && state === 'acknowledged'),
      );
      assert.equal(taken.by, 'anna');
      assert.ok(taken.deliveries.some(({ channel, state }) => channel === 'push' && state === 'delivered'));
      await until(() => notices(nodeRed).some(({ id, occasion }) => id === push.id && occasion === 'acknowledged'));
    });

    test('a finding that is over ends its alert', async () => {
      const since = Date.now();
      nodeRed.inject(node, finding('yard', { since }));
      const push = await told(nodeRed, 'yard', 'push');
      nodeRed.inject(node, { topic: 'push', alert: push, delivery: { ok: true } });
      nodeRed.inject(node, finding('yard', { since, until: since + 5 }));
      await until(() => changes(nodeRed).some(({ id, state }) => id === push.id && state === 'resolved'));
      const over = await until(() =>
        notices(nodeRed).find(({ id, occasion }) => id === push.id && occasion === 'resolved'),
      );
      assert.equal(over.title, 'Over: loitering at yard');
    });

    test('the button of the editor tests every channel', async () => {
      const response = await fetch(`${nodeRed.url}/percept/alert/${node}/test`, { method: 'POST' });
      assert.equal(response.status, 204);
      const tests = () => notices(nodeRed).filter(({ occasion }) => occasion === 'test');
      await until(() => tests().length === 2, { what: 'both tests' });
      assert.deepEqual(
        tests().map(({ channel }) => channel),
        ['push', 'sms'],
      );
      assert.equal((await fetch(`${nodeRed.url}/percept/alert/none/test`, { method: 'POST' })).status, 404);
    });

    test('what gives no key, or asks for nothing, is an error with what to do', async () => {
      const tell = async (msg: Message, pattern: RegExp) => {
        nodeRed.inject(node, msg);
        await until(() => errors(nodeRed).some((text) => pattern.test(text)), { what: String(pattern) });
      };
      await tell({ topic: 'x', finding: { source: 'door', since: 1 } }, /finding\.kind|kind/);
      await tell({ topic: 'x', finding: { kind: 'x', source: '', since: 1 } }, /finding\.source/);
      await tell({ topic: 'x', payload: 5 }, /nothing for an alert/);
      await tell({ topic: 'x', acknowledge: true }, /does not say which alert/);
      await tell({ topic: 'x', delivery: { ok: true } }, /msg\.delivery/);
    });

    test('its heart beats while it can decide and store', async () => {
      const beat = await until(() => nodeRed.messages('heartbeat').at(-1)?.payload as { policy: string; open: object });
      assert.equal(beat.policy, node);
      await until(() => nodeRed.status(node)?.text?.includes('unattended'), { what: 'the status' });
    });

    test('goes on after kill -9 where it stood: nothing is lost, and what was delivered is not told again', async () => {
      nodeRed.inject(node, finding('crash', { severity: 'critical' }));
      const push = await told(nodeRed, 'crash', 'push');
      nodeRed.inject(node, { topic: 'push', alert: push, delivery: { ok: true } });
      await until(() => changes(nodeRed).some(({ id, state }) => id === push.id && state === 'notified'));
      await nodeRed.kill();
      await nodeRed.again();
      await told(nodeRed, 'crash', 'sms');
      const pushes = notices(nodeRed).filter(({ id, channel }) => id === push.id && channel === 'push');
      assert.equal(pushes.length, 1);
    });

    test('a redeploy loses nothing either', async () => {
      const flow = alertFlow((server && (await server.database())) ?? 'other.sqlite', { steps });
      await nodeRed.deploy(flow);
      nodeRed.inject(node, finding('before'));
      await told(nodeRed, 'before', 'push');
      nodeRed.inject(node, finding('on the way'));
      await nodeRed.deploy(flow.map((one) => (one.id === node ? { ...one, name: 'again' } : one)));
      await told(nodeRed, 'on the way', 'push');
      await told(nodeRed, 'before', 'sms');
    });
  });
}
