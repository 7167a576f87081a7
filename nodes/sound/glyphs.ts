import type { Bitmap } from './png.js';

/** What axes need, 5 by 7: a picture then has its numbers on a box without fonts too. */
const shapes: Readonly<Record<string, string>> = {
  '0': '01110 10001 10011 10101 11001 10001 01110',
  '1': '00100 01100 00100 00100 00100 00100 01110',
  '2': '01110 10001 00001 00110 01000 10000 11111',
  '3': '01110 10001 00001 00110 00001 10001 01110',
  '4': '00010 00110 01010 10010 11111 00010 00010',
  '5': '11111 10000 11110 00001 00001 10001 01110',
  '6': '00110 01000 10000 11110 10001 10001 01110',
  '7': '11111 00001 00010 00100 01000 01000 01000',
  '8': '01110 10001 10001 01110 10001 10001 01110',
  '9': '01110 10001 10001 01111 00001 00010 01100',
  '.': '00000 00000 00000 00000 00000 01100 01100',
  '-': '00000 00000 00000 11111 00000 00000 00000',
  ' ': '00000 00000 00000 00000 00000 00000 00000',
  k: '10000 10000 10010 10100 11000 10100 10010',
  H: '10001 10001 10001 11111 10001 10001 10001',
  z: '00000 00000 11111 00010 00100 01000 11111',
  s: '00000 00000 01111 10000 01110 00001 11110',
  d: '00001 00001 01101 10011 10001 10001 01111',
  B: '11110 10001 10001 11110 10001 10001 11110',
};
const pitch = 6;
export const textHeight = 7;

export function textWidth(text: string): number {
  return pitch * text.length - 1;
}

/** @param x,y of the upper left corner; what lies outside is cut off */
export function write(bitmap: Bitmap, text: string, x: number, y: number, shade: number): void {
  for (const [place, letter] of [...text].entries()) {
    for (const [row, bits] of (shapes[letter] ?? '').split(' ').entries()) {
      for (const [column, bit] of [...bits].entries())
        if (bit === '1') dot(bitmap, x + pitch * place + column, y + row, shade);
    }
  }
}

export function dot({ width, height, pixels }: Bitmap, x: number, y: number, shade: number): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  pixels.fill(shade, 3 * (y * width + x), 3 * (y * width + x) + 3);
}
