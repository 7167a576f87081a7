import { onBeforeUnmount, onMounted } from 'vue';

/** Draws again every `ms` while the page is seen; where the viewer wants no motion, once a second. */
export function useTicking(ms: number, draw: () => void): void {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    timer = setInterval(() => document.hidden || requestAnimationFrame(draw), still ? 1000 : ms);
  });
  onBeforeUnmount(() => clearInterval(timer));
}
