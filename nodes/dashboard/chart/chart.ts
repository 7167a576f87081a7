import type { NodeAPI } from 'node-red';
import { defineWidget, type Message, type Show, type Wiring } from '../node/widget.js';
import { isReading, LiveBatch } from './live.js';

const flushEvery = 250;

export default function (RED: NodeAPI): void {
  defineWidget(RED, { type: 'ui-percept-chart', rows: 8, start });
}

/** Answers go to the page that asked and are stored nowhere; readings are gathered and sent four times a second. */
function start(show: Show): Wiring {
  const batch = new LiveBatch();
  const timer = setInterval(() => {
    const live = batch.take();
    if (live.length > 0) show({ live });
  }, flushEvery);

  const input = (msg: Message): boolean => {
    if (isReading(msg['reading'])) {
      batch.add(msg['reading']);
      return true;
    }
    if (!isForPage(msg)) return false;
    show(forPage(msg));
    return true;
  };
  return { input, close: () => clearInterval(timer) };
}

function isForPage({ payload, finding, select, error }: Message): boolean {
  return finding !== undefined || select !== undefined || error !== undefined || isSeries(payload);
}

function isSeries(payload: unknown): boolean {
  return (payload as { kind?: unknown } | null | undefined)?.kind === 'series';
}

function forPage({ payload, finding, select, error, request, _client }: Message): Record<string, unknown> {
  return {
    payload: isSeries(payload) ? payload : undefined,
    finding,
    select,
    error: error && { message: (error as { message?: unknown }).message },
    request,
    _client,
  };
}
