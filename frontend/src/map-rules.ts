/** What lies in one tile, as the server tells it. */
export interface TileAnswer {
  readonly clusters: ReadonlyArray<{ count: number; lat: number; lon: number }>;
  readonly stations: ReadonlyArray<{
    code: string;
    name: string;
    state: string;
    lat: number;
    lon: number;
  }>;
}

export interface TilePlace {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

const TEN_THOUSAND = 10_000;

/** A number as short as a dot is wide: 1.2万 for 12 345 in Chinese, 12k in English. */
export function shortCount(count: number, language: string): string {
  if (count < TEN_THOUSAND) return String(count);
  if (language.startsWith("zh")) return `${Math.floor(count / 1_000) / 10}万`;
  return `${Math.floor(count / 1_000)}k`;
}

/** The width of a cluster's dot in pixels: never below what a thumb needs. */
export function clusterSize(count: number): number {
  return Math.min(72, 48 + 6 * Math.floor(Math.log10(Math.max(count, 1))));
}

/** One tap on a cluster shows its cells by themselves. */
export function zoomInto(zoom: number, mostZoom: number): number {
  return Math.min(zoom + 2, mostZoom);
}

/** The address of a tile; null for one beyond the edge of the world. */
export function tileAddress(template: string, tile: TilePlace): string | null {
  const side = 2 ** tile.z;
  if (tile.y < 0 || tile.y >= side || tile.x < 0 || tile.x >= side) return null;
  return template
    .replace("{z}", String(tile.z))
    .replace("{x}", String(tile.x))
    .replace("{y}", String(tile.y));
}

export function keyOf(tile: TilePlace): string {
  return `${tile.z}/${tile.x}/${tile.y}`;
}
