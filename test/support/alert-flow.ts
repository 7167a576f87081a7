import type { FlowNode } from './node-red.ts';

export const alertIds = {
  tab: 'fa1e000000000000',
  alert: 'fa1e000000000001',
  store: 'fa1e000000000002',
  notices: 'fa1e000000000003',
  changes: 'fa1e000000000004',
  heartbeat: 'fa1e000000000005',
} as const;

/** An alert node with a probe at each output (notices, changes, heartbeat), and one for errors. */
export function alertFlow(url: string, settings: object = {}): FlowNode[] {
  const { tab, alert, store, notices, changes, heartbeat } = alertIds;
  const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: tab, name, wires: [] });
  return [
    { id: tab, type: 'tab', label: 'alert' },
    { id: store, type: 'percept-store', name: '', version: 1, url },
    {
      ...{ id: alert, type: 'percept-alert', z: tab, name: '', version: 1, store },
      ...{ steps: [{ after: 0, channel: 'push', to: '', chain: '' }], patience: '3600', heartbeat: '' },
      ...settings,
      wires: [[notices], [changes], [heartbeat]],
    },
    probe(notices, 'notices'),
    probe(changes, 'changes'),
    probe(heartbeat, 'heartbeat'),
    {
      ...{ id: 'fa1e000000000006', type: 'catch', z: tab, name: '', scope: null, uncaught: false },
      wires: [['fa1e000000000007']],
    },
    probe('fa1e000000000007', 'errors'),
  ];
}
