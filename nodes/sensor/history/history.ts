import { ServerResponse } from 'node:http';
import { resolve, sep } from 'node:path';
import { type Static, Type } from 'typebox';
import { defineNode, type Message, messageReader, type NodeContext } from '../../kit/index.js';
import { auditAsker, recordAudit, recordSight } from '../../store/audit.js';
import type { Bucket } from '../../store/bucket/bucket.js';
import type { Store } from '../../store/store.js';
import { type Ask, answer, exportAsk, Override, Settings } from './ask.js';
import { historyError } from './errors.js';
import { exportText, exportToFile, exportToResponse } from './export.js';
import { sightOf } from './sight.js';

const Config = Type.Object({
  store: Type.String(),
  /** Where recordings lie; only sound needs it. */
  bucket: Type.Optional(Type.String()),
  ...Settings.properties,
});
type Context = NodeContext<Static<typeof Config>>;

/** What is asked. */
interface Places {
  readonly store: Store;
  readonly bucket: Bucket | undefined;
}

/** A page with many widgets asks many questions; a feed wired to this node by mistake asks without end. */
const mostAtOnce = 64;

const readOverride = messageReader(Type.Object({ payload: Override }));

export default defineNode({
  type: 'percept-history',
  config: Config,
  async start(context) {
    const { config } = context;
    const store = await context.use<Store>(config.store, 'percept-store');
    const bucket = config.bucket ? await context.use<Bucket>(config.bucket, 'percept-bucket') : undefined;
    context.status('ok', 'history.status.ready');
    let asked = 0;
    return {
      input: async ({ msg }) => {
        if (asked >= mostAtOnce) throw historyError('history-busy', { limit: mostAtOnce });
        asked++;
        try {
          return [await answering(context, { store, bucket }, msg)];
        } finally {
          asked--;
        }
      },
    };
  },
});

async function answering(context: Context, { store, bucket }: Places, msg: Message): Promise<Message> {
  const ask = { ...context.config, ...override(msg) };
  if (ask.kind === 'export') return exporting(context, store, ask, msg);
  const began = performance.now();
  const answered = await answer(store, ask, Date.now(), bucket);
  msg.payload = answered;
  void tellSight(context, store, msg, answered);
  context.status('ok', 'history.status.answered', { ms: Math.round(performance.now() - began) });
  return msg;
}

/** Somebody who asked looks at it; a flow that asks by itself is nobody. */
async function tellSight(
  { RED }: Context,
  store: Store,
  msg: Message,
  answered: Parameters<typeof sightOf>[0],
): Promise<void> {
  const sight = sightOf(answered);
  const way = '_client' in msg ? 'page' : 'req' in msg ? 'request' : undefined;
  if (!sight || !way) return;
  const who = await auditAsker(msg, RED.settings).catch(() => undefined);
  recordSight(store, { who: who ?? '', way, ...sight });
}

/** A query comes as an object; a payload of any other kind is only the signal to ask. */
function override({ payload }: Message): Override {
  const isQuery =
    payload !== null && typeof payload === 'object' && !Array.isArray(payload) && !Buffer.isBuffer(payload);
  return isQuery ? readOverride({ payload }).payload : {};
}

async function exporting(context: Context, store: Store, ask: Ask, msg: Message): Promise<Message> {
  // before the first byte leaves: an export that breaks off has handed out what it had
  void recordAudit(store, {
    who: (await auditAsker(msg, context.RED.settings)) ?? '',
    action: 'exported',
    what: 'readings',
    detail: { format: ask.format, sources: String(ask.sources), quantities: String(ask.quantities), last: ask.last },
  });
  const text = exportText(store.db, exportAsk(ask, Date.now()));
  context.status('busy', 'history.status.exporting');
  const response = responseOf(msg);
  if (response) {
    const { req: _request, res: _response, ...rest } = msg;
    await exportToResponse(text, response, ask.format, context.signal);
    context.status('ok', 'history.status.exported');
    return { ...rest, payload: { kind: 'export', format: ask.format } };
  }
  if (ask.file) {
    const file = fileOf(context, ask.file);
    const bytes = await exportToFile(text, file, context.signal);
    context.status('ok', 'history.status.exported');
    return { ...msg, payload: { kind: 'export', format: ask.format, file, bytes } };
  }
  const last = await sendChunks(context, text, msg);
  context.status('ok', 'history.status.exported');
  return last;
}

/**
 * Who sets the node up writes where they like. A message may come from a page, a broker or the network: what it names lies in a folder of its
 * own, where no file of Node-RED's is overwritten.
 */
function fileOf({ config, RED }: Context, file: string): string {
  const userDir = RED.settings.userDir ?? '.';
  if (file === config.file) return resolve(userDir, file);
  const folder = resolve(userDir, 'percept/exports');
  const named = resolve(folder, file);
  if (!named.startsWith(folder + sep)) throw historyError('history-file-outside', { file, folder });
  return named;
}

/** @returns the last one, not sent yet: it alone knows the count that a join node waits for */
async function sendChunks(context: Context, text: AsyncIterable<string>, msg: Message): Promise<Message> {
  let held: Message | undefined;
  let index = 0;
  for await (const payload of text) {
    if (context.signal.aborted) break;
    if (held) context.send(held);
    held = { ...msg, payload, parts: { id: msg._msgid, type: 'string', ch: '', index: index++ } } as Message;
  }
  const parts = { id: msg._msgid, type: 'string', ch: '', index: Math.max(0, index - 1), count: Math.max(1, index) };
  return { ...msg, payload: held?.payload ?? '', parts, complete: true } as Message;
}

/** What an http-in node has put on the message. */
function responseOf(msg: Message): ServerResponse | undefined {
  const inner = (msg['res'] as { _res?: unknown } | undefined)?._res;
  return inner instanceof ServerResponse ? inner : undefined;
}
