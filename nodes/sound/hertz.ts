/** 2,104 Hz -> `2.1 kHz`; 29.4 Hz -> `29 Hz`. */
export function hertz(value: number): string {
  return value >= 1000 ? `${digits(value / 1000)} kHz` : `${digits(value)} Hz`;
}

/** Two that count: what lies beyond is nothing that a person hears. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(2)));
}
