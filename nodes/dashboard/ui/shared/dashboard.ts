import { computed, getCurrentInstance, inject, onBeforeUnmount, onMounted, ref } from 'vue';
import { pickLanguage, type Texts, translator } from './language.ts';
import { watchView } from './view.ts';

/** What the dashboard hands to a widget. */
export interface Socket {
  readonly id?: string;
  readonly connected: boolean;
  emit(event: string, ...args: unknown[]): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
}
type DataTracker = (id: string, onInput: (msg: never) => void, onLoad: (msg: never) => void) => void;

export interface PageMessage {
  readonly payload?: unknown;
  readonly error?: { readonly message?: string };
  readonly _client?: { readonly socketId?: string };
  readonly request?: string;
}

/** The dashboard keeps its one theme under this name and sets `dark` by the page's background. */
interface Vuetify {
  readonly theme: { readonly themes: Readonly<Record<string, { readonly dark: boolean }>> };
}

interface WidgetProps {
  readonly id: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** Called once in a widget's setup: messages in, messages out, language, theme and connection. */
export function useWidget<Key extends string, Msg extends PageMessage>(
  { id, props }: WidgetProps,
  texts: Texts<Key>,
  onMessage: (msg: Msg) => void,
) {
  const socket = inject<Socket>('$socket') as Socket;
  const track = inject<DataTracker>('$dataTracker') as DataTracker;
  const page = getCurrentInstance()?.proxy as { $vuetify?: Vuetify } | null | undefined;
  const language = pickLanguage(props['language'] as string | undefined, navigator.language);

  const mine = (msg: Msg | null | undefined): void => {
    // without the dashboard's "accept client data" for this type, an answer to one page reaches all of them
    const to = msg?._client?.socketId;
    if (msg && (!to || to === socket.id)) onMessage(msg);
  };
  track(id, mine as (msg: never) => void, mine as (msg: never) => void);

  return {
    language,
    text: translator(texts, language),
    dark: computed<boolean>(() => page?.$vuetify?.theme.themes['nrdb']?.dark ?? false),
    scale: watchView(),
    connected: useConnection(socket),
    now: useNow(),
    send: (msg: Record<string, unknown>): void => socket.emit('widget-action', id, msg),
    onReconnect: (act: () => void): void => whileMounted(socket, 'connect', act),
  };
}

function whileMounted(socket: Socket, event: string, listener: () => void): void {
  onMounted(() => socket.on(event, listener));
  onBeforeUnmount(() => socket.off(event, listener));
}

function useConnection(socket: Socket) {
  const connected = ref(socket.connected);
  whileMounted(socket, 'connect', () => {
    connected.value = true;
  });
  whileMounted(socket, 'disconnect', () => {
    connected.value = false;
  });
  return connected;
}

/** The time in ms, once a second while the page is visible. */
function useNow() {
  const now = ref(Date.now());
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    timer = setInterval(() => {
      if (!document.hidden) now.value = Date.now();
    }, 1000);
  });
  onBeforeUnmount(() => clearInterval(timer));
  return now;
}
