import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue';

/** `wall`: read from three metres away. `auto` takes a very wide window for a wall screen. */
export type View = 'auto' | 'desk' | 'wall';

const stored = 'percept-view';
const wallFrom = 2200;
const changed = 'percept-view-changed';

export function chosenView(): View {
  const asked = new URLSearchParams(location.search).get('view') ?? localStorage.getItem(stored);
  return asked === 'desk' || asked === 'wall' ? asked : 'auto';
}

export function chooseView(view: View): void {
  localStorage.setItem(stored, view);
  window.dispatchEvent(new Event(changed));
}

/** Marks the document for the style sheet, and gives the factor for what is drawn on a canvas. */
export function watchView(): Ref<number> {
  const scale = ref(apply());
  const update = (): void => {
    scale.value = apply();
  };
  onMounted(() => {
    window.addEventListener('resize', update);
    window.addEventListener(changed, update);
  });
  onBeforeUnmount(() => {
    window.removeEventListener('resize', update);
    window.removeEventListener(changed, update);
  });
  return scale;
}

function apply(): number {
  const view = chosenView();
  const wall = view === 'wall' || (view === 'auto' && window.innerWidth >= wallFrom);
  document.documentElement.dataset['perceptView'] = wall ? 'wall' : 'desk';
  return wall ? Math.min(2.4, Math.max(1.5, window.innerWidth / 1400)) : 1;
}
