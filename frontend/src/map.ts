/** Stations on a map: pictures of the configured source, clusters and dots of our own server. */
import L from "leaflet";
import {
  clusterSize,
  keyOf,
  shortCount,
  type TileAnswer,
  tileAddress,
  zoomInto,
} from "./map-rules";

interface Options {
  readonly layers: string[];
  readonly subdomains: string;
  readonly credit: string;
  readonly tiles: string;
  readonly station: string;
  readonly words: Record<string, string>;
  readonly leastZoom: number;
  readonly mostZoom: number;
  readonly bounds: [[number, number], [number, number]];
  readonly start?: { lat: number; lon: number; zoom: number };
}

const DOT = 48;

function open(place: HTMLElement, note: HTMLElement, options: Options): void {
  place.hidden = false;
  note.textContent = "";
  const map = L.map(place, {
    minZoom: options.leastZoom,
    maxZoom: options.mostZoom,
    zoomControl: false,
  });
  map.attributionControl.setPrefix(false);
  const { zoomIn, zoomOut } = options.words;
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  map.on("popupopen", ({ popup }) => {
    const button = popup.getElement()?.querySelector(".leaflet-popup-close-button");
    button?.setAttribute("aria-label", options.words.close ?? "");
  });
  if (options.start) map.setView([options.start.lat, options.start.lon], options.start.zoom);
  else map.fitBounds(options.bounds);
  for (const [number, template] of options.layers.entries()) {
    L.tileLayer(template, {
      subdomains: options.subdomains,
      attribution: number === 0 ? options.credit : undefined,
      referrerPolicy: "origin",
      maxZoom: options.mostZoom,
    }).addTo(map);
  }
  const stations = new StationLayer(options, () => {
    note.textContent = note.dataset.failed ?? "";
  });
  map.on("zoomstart", () => stations.dropAll());
  stations.addTo(map);
}

/** A layer whose tiles hold dots: each is asked for as it comes into view, and its dots go with it. */
class StationLayer extends L.GridLayer {
  private readonly shown = new Map<string, L.LayerGroup>();

  constructor(
    private readonly told: Options,
    private readonly onFailure: () => void,
  ) {
    super({ noWrap: true, maxZoom: told.mostZoom, updateWhenIdle: true });
    this.on("tileunload", (event) => this.drop(keyOf(event.coords)));
  }

  /** Dots of another zoom would lie among the new ones. */
  dropAll(): void {
    for (const key of [...this.shown.keys()]) this.drop(key);
  }

  protected override createTile(coords: L.Coords, done: L.DoneCallback): HTMLElement {
    const tile = document.createElement("div");
    this.fill(coords).then(
      () => done(undefined, tile),
      (error: Error) => {
        this.onFailure();
        done(error, tile);
      },
    );
    return tile;
  }

  private async fill(coords: L.Coords): Promise<void> {
    const address = tileAddress(this.told.tiles, coords);
    const answer = address === null ? null : await fetch(address);
    if (answer === null) return;
    if (!answer.ok) throw new Error(`${answer.status}`);
    const found = (await answer.json()) as TileAnswer;
    // somebody may have zoomed on, or gone, meanwhile
    if (!this._map || coords.z !== Math.round(this._map.getZoom())) return;
    this.drop(keyOf(coords));
    this.shown.set(keyOf(coords), dots(this._map, found, this.told).addTo(this._map));
  }

  private drop(key: string): void {
    this.shown.get(key)?.remove();
    this.shown.delete(key);
  }
}

function dots(map: L.Map, told: TileAnswer, options: Options): L.LayerGroup {
  const group = L.layerGroup();
  for (const cluster of told.clusters) {
    const size = clusterSize(cluster.count);
    const text = shortCount(cluster.count, document.documentElement.lang);
    const icon = L.divIcon({ className: "cluster", html: text, iconSize: [size, size] });
    const marker = L.marker([cluster.lat, cluster.lon], { icon, title: String(cluster.count) });
    marker.on("click", () => {
      map.setView(marker.getLatLng(), zoomInto(map.getZoom(), options.mostZoom));
    });
    group.addLayer(marker);
  }
  for (const station of told.stations) {
    const icon = L.divIcon({
      className: `dot s-${station.state}`,
      html: markOf(station.state),
      iconSize: [DOT, DOT],
      popupAnchor: [0, -DOT / 3],
    });
    const word = options.words[station.state] ?? station.state;
    const marker = L.marker([station.lat, station.lon], { icon, title: `${station.name} ${word}` });
    group.addLayer(marker.bindPopup(() => card(station, word, options)));
  }
  return group;
}

/** The shape of a state, as the legend of the page draws it. */
function markOf(state: string): string {
  return document.querySelector(`[data-nx-mark="${state}"]`)?.outerHTML ?? "";
}

function card(
  station: TileAnswer["stations"][number],
  word: string,
  options: Options,
): HTMLElement {
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.className = "link";
  link.href = options.station.replace("CODE", encodeURIComponent(station.code));
  link.textContent = station.name;
  const state = document.createElement("p");
  state.className = `s-${station.state}`;
  state.textContent = word;
  box.append(link, state);
  return box;
}

const place = document.querySelector<HTMLElement>("[data-nx-map]");
const note = document.querySelector<HTMLElement>("[data-nx-map-note]");
const told = document.getElementById("map-options")?.textContent;
if (place && note && told) open(place, note, JSON.parse(told) as Options);
