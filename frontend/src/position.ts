/** A position as it may leave the phone: WGS 84 degrees, four decimals, about ten metres. */
export interface Position {
  readonly lat: string;
  readonly lon: string;
}

const DECIMALS = 4;

/** Round a position before anything else sees it. */
export function rounded(latDeg: number, lonDeg: number): Position {
  return { lat: latDeg.toFixed(DECIMALS), lon: lonDeg.toFixed(DECIMALS) };
}

/** The list around a position; mode, filters and clock of the present address stay. */
export function addressAt(href: string, position: Position): string {
  const address = new URL(href);
  address.pathname = "/";
  address.hash = "";
  address.searchParams.delete("q");
  address.searchParams.set("lat", position.lat);
  address.searchParams.set("lon", position.lon);
  return address.toString();
}
