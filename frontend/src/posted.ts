/** What a kept copy says of a door: what is posted and how old it is, never how it is. */

/** The sentences of the page, in the reader's language. */
export interface Words {
  readonly top: string;
  readonly posted: string;
  readonly shut: string;
  readonly none: string;
  readonly unsure: string;
  readonly over: string;
  readonly allday: string;
  readonly confirmed: string;
  readonly unconfirmed: string;
  readonly now: string;
  readonly minutes: string;
  readonly hours: string;
  readonly days: string;
}

/** What a page carries of one door: `day;unsure days;from-to,from-to` in minutes from that day. */
export interface Door {
  readonly posted: string;
  readonly confirmedS: number | null;
}

const DAY_MIN = 1_440;
const DAYS = 7;
const NO_HOURS = "-";

export function doorWords(door: Door, words: Words, nowMs: number): string {
  const confirmed =
    door.confirmedS === null
      ? words.unconfirmed
      : words.confirmed.replace("{age}", ageWords(door.confirmedS * 1_000, words, nowMs));
  return `${postedWords(door.posted, words, nowMs)} · ${confirmed}`;
}

export function postedWords(posted: string, words: Words, nowMs: number): string {
  if (posted === NO_HOURS) return words.none;
  const [first = "", unsure = "", spans = ""] = posted.split(";");
  const day = Math.floor((nowMs / 60_000 - Number(first) / 60) / DAY_MIN);
  if (first === "" || !(day >= 0 && day < DAYS)) return words.over;
  if (unsure.split(",").includes(`${day}`)) return words.unsure;
  const hours = spansOf(spans, day);
  if (hours.length === 0) return words.shut;
  const text = hours.map(([from, to]) => spanWords(from, to, words)).join(", ");
  return words.posted.replace("{hours}", text);
}

export function ageWords(thenMs: number, words: Words, nowMs: number): string {
  const minutes = Math.floor((nowMs - thenMs) / 60_000);
  if (minutes < 1) return words.now;
  if (minutes < 60) return words.minutes.replace("{count}", `${minutes}`);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return words.hours.replace("{count}", `${hours}`);
  return words.days.replace("{count}", `${Math.floor(hours / 24)}`);
}

/** The posted spans of one day, cut at its midnights. */
function spansOf(spans: string, day: number): Array<[number, number]> {
  const start = day * DAY_MIN;
  return spans
    .split(",")
    .filter((span) => span !== "")
    .map((span): [number, number] => {
      const [from = 0, to = 0] = span.split("-").map(Number);
      return [Math.max(from - start, 0), Math.min(to - start, DAY_MIN)];
    })
    .filter(([from, to]) => from < to);
}

function spanWords(from: number, to: number, words: Words): string {
  return to - from === DAY_MIN ? words.allday : `${clock(from)}–${clock(to)}`;
}

function clock(minute: number): string {
  const two = (part: number) => `${part}`.padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
