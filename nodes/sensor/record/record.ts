import { Type } from 'typebox';
import { defineNode } from '../../kit/index.js';
import { findingOf } from '../../store/finding.js';
import type { Store } from '../../store/store.js';
import { draftOf, RecordSettings } from './draft.js';
import { type Findings, Joining } from './joining.js';

export default defineNode({
  type: 'percept-record',
  config: Type.Object({
    store: Type.String(),
    ...RecordSettings.properties,
    /** s; messages that follow one another within this are one finding. */
    gap: Type.Number({ minimum: 0, maximum: 86_400 * 30, default: 60 }),
  }),
  async start(context) {
    const store = await context.use<Store>(context.config.store, 'percept-store');
    const joining = new Joining(findingsOf(store), context.config.gap * 1000);
    context.status('ok', 'record.status.ready');
    return {
      input: async ({ msg }) => {
        const stored = await joining.record(draftOf(msg, context.config, Date.now()));
        context.status('ok', 'record.status.recorded', { id: stored.id });
        msg['finding'] = stored;
        return [msg];
      },
    };
  },
});

function findingsOf(store: Store): Findings {
  return {
    put: (finding) => store.putFinding(finding),
    newest: async ({ kind, source, quantity }) => {
      const row = await store.db
        .selectFrom('finding')
        .selectAll()
        .where('kind', '=', kind)
        .where('source', '=', source)
        .where('quantity', '=', quantity)
        .orderBy('since', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && findingOf(row);
    },
  };
}
