import { heatOf } from './heat.ts';
import { byteOf, type Minute, type Span, seconds } from './minute.ts';

interface View {
  readonly span: Span;
  readonly dark: boolean;
  /** ms UTC at the right edge. */
  readonly edge: number;
}

/** Draws a minute on a canvas; colours are worked out when sound came, and moved in between. */
export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #store = document.createElement('canvas');
  #stored = '';
  #colors = new Uint32Array(256);
  #colored = '';

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  paint(minute: Minute, { span, dark, edge }: View): void {
    const canvas = this.#canvas;
    const width = Math.round(canvas.clientWidth * devicePixelRatio);
    const height = Math.round(canvas.clientHeight * devicePixelRatio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d');
    if (!context || width === 0 || height === 0) return;
    context.clearRect(0, 0, width, height);
    if (minute.columns === 0) return;
    this.#remember(minute, span, dark);
    const scale = width / (1000 * seconds);
    const right = width - (edge - minute.end * minute.step) * scale;
    const length = minute.columns * minute.step * scale;
    context.drawImage(this.#store, right - length, 0, length, height);
  }

  #remember(minute: Minute, span: Span, dark: boolean): void {
    const stored = [minute.version, minute.end, span.low, span.high, dark].join();
    if (stored === this.#stored) return;
    this.#stored = stored;
    this.#color(span, dark);
    const { columns, rows, end } = minute;
    Object.assign(this.#store, { width: columns, height: rows });
    const context = this.#store.getContext('2d');
    if (!context) return;
    const image = context.createImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    for (let x = 0; x < columns; x++) {
      const column = minute.column(end - columns + x);
      for (let row = 0; row < rows; row++)
        pixels[(rows - 1 - row) * columns + x] = this.#colors[column[row] as number] as number;
    }
    context.putImageData(image, 0, 0);
  }

  /** A colour for each byte; none for what was not heard. */
  #color({ low, high }: Span, dark: boolean): void {
    const colored = [low, high, dark].join();
    if (colored === this.#colored) return;
    this.#colored = colored;
    const heat = new Uint32Array(heatOf(dark).buffer);
    const [first, last] = [byteOf(low), byteOf(high)];
    this.#colors = Uint32Array.from({ length: 256 }, (_, byte) => {
      if (byte === 0) return 0;
      const share = Math.min(1, Math.max(0, (byte - first) / Math.max(1, last - first)));
      return heat[Math.round(255 * share)] as number;
    });
  }
}
