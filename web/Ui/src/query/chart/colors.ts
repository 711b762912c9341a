// Twelve hues a step apart, each with a tone for light and one for dark backgrounds (contrast of at least 3:1 on either).
const light = ['#0d7a78', '#c2410c', '#4f46c9', '#b7791f', '#be185d', '#2f7d32', '#0369a1', '#8b3fb0', '#7a6a1c', '#c62f3b', '#4a6b8a', '#5b7a12'];
const dark = ['#2fc7c0', '#ff9152', '#9a95ff', '#f2c14e', '#ff74ad', '#6fd07a', '#56b8f5', '#d08bf2', '#c9ba5c', '#ff7f86', '#9db6cf', '#b0d44f'];

export function seriesColor(index: number, darkTheme: boolean): string {
  const palette = darkTheme ? dark : light;
  return palette[index % palette.length]!;
}

/** Series past the twelfth wear the same colours dashed. */
export function seriesDash(index: number): number[] | undefined {
  const round = Math.floor(index / light.length);
  return round === 0 ? undefined : round % 2 === 1 ? [7, 4] : [2, 3];
}
