import { type Static, Type } from 'typebox';
import { defineNode, type NodeContext } from '../../kit/index.js';
import { type FeedState, openFeed } from '../../store/feed.js';
import type { Store } from '../../store/store.js';
import { messageOf } from './message.js';

const config = Type.Object({
  store: Type.Optional(Type.String()),
  table: Type.Union(
    [Type.Literal('reading'), Type.Literal('recording'), Type.Literal('finding'), Type.Literal('dead_letter')],
    { default: 'reading' },
  ),
  consumer: Type.String({ maxLength: 200, default: '' }),
  source: Type.String({ default: '' }),
  quantity: Type.String({ default: '' }),
  kind: Type.String({ default: '' }),
  from: Type.Union([Type.Literal('now'), Type.Literal('beginning')], { default: 'now' }),
});
type Config = Static<typeof config>;

/** Messages sent in one turn of the event loop; then others get theirs. */
const burst = 50;

export default defineNode({
  type: 'percept-feed',
  config,

  async start(context) {
    const { config, signal } = context;
    const store = await context.use<Store>(config.store, 'percept-store');
    const { table, source, quantity, kind, from } = config;
    let sent = 0;
    const running = openFeed(
      store,
      {
        name: config.consumer || context.id,
        table,
        from,
        filter: { source, quantity, kind },
        signal,
        onState: (state) => show(context, state),
        onProblem: (problem) => context.fail(problem),
      },
      async (row) => {
        context.send(messageOf(table, row));
        if (++sent % burst === 0) await new Promise((resolve) => setImmediate(resolve));
      },
    );
    running.catch((thrown: unknown) => context.fail(thrown));
    return { close: () => running.catch(() => undefined) };
  },
});

function show(context: NodeContext<Config>, { phase, position, lag }: FeedState): void {
  if (phase === 'waiting') context.status('off', 'feed.status.waiting');
  else if (phase === 'working') context.status('busy', 'feed.status.behind', { lag });
  else context.status('ok', 'feed.status.current', { position });
}
