import { defineNode, type Message, type NodeContext } from '../../kit/index.js';
import type { Store } from '../../store/store.js';
import type { Bad } from './item.js';
import { Player, type PlayerState } from './player.js';
import { playerSettings, ReplayConfig, recordingOf } from './settings.js';

/** ms; a status per message would be more traffic than the messages. */
const statusEvery = 1000;

export default defineNode({
  type: 'percept-replay',
  config: ReplayConfig,
  async start(context) {
    const { config } = context;
    const store = config.what === 'store' ? await context.use<Store>(config.store, 'percept-store') : undefined;
    const progress = new Progress(context);
    const player = new Player(recordingOf(config, userDirOf(context), store), playerSettings(config), {
      play: (messages) => {
        progress.played(messages.length);
        for (const msg of messages) context.send(msg);
      },
      bad: (bad) => {
        progress.bad();
        context.send(null, badMessage(bad));
      },
      state: (state) => progress.became(state),
      failed: (thrown) => context.fail(thrown),
    });
    if (config.auto && config.pace !== 'step') player.play();
    else progress.became('stopped');

    return {
      input: async ({ msg }) => {
        await control(player, msg, config.pace === 'step');
        return undefined;
      },
      close: () => player.stop(),
    };
  },
});

/** `msg.stop`, `msg.pause`, `msg.play`, `msg.step`; a message without any of them plays, or steps where that is the pace. */
async function control(player: Player, msg: Message, stepped: boolean): Promise<void> {
  if (msg['stop']) await player.stop();
  if (msg['pause']) player.pause();
  if (msg['play']) player.play();
  const other = !msg['stop'] && !msg['pause'] && !msg['play'];
  if (msg['step'] || (other && stepped)) player.step();
  else if (other) player.play();
}

function badMessage({ file, line, problem, text }: Bad): Message {
  return { topic: file, payload: text, file, line, reason: problem } as Partial<Message> as Message;
}

function userDirOf(context: NodeContext<ReplayConfig>): string {
  return context.RED.settings.userDir ?? process.cwd();
}

/** What the status shows. */
class Progress {
  readonly #context: NodeContext<ReplayConfig>;
  #state: PlayerState = 'stopped';
  #played = 0;
  #bad = 0;
  #shown = 0;

  constructor(context: NodeContext<ReplayConfig>) {
    this.#context = context;
  }

  played(n: number): void {
    this.#played += n;
    this.#context.metrics.count('played', n);
    if (performance.now() - this.#shown > statusEvery) this.#show();
  }

  bad(): void {
    this.#bad++;
    this.#context.metrics.count('bad');
  }

  became(state: PlayerState): void {
    if (state === 'playing' && this.#state !== 'paused') {
      this.#played = 0;
      this.#bad = 0;
    }
    this.#state = state;
    this.#show();
  }

  #show(): void {
    this.#shown = performance.now();
    const level = this.#bad > 0 ? 'warn' : this.#state === 'playing' ? 'ok' : 'off';
    const key = this.#bad > 0 ? `${this.#state}Bad` : this.#state;
    this.#context.status(level, `replay.status.${key}`, { n: this.#played, bad: this.#bad });
  }
}
