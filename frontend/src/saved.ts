/** Stations this phone remembers: by number and name, in its own storage, without an account. */
export interface Kept {
  readonly code: string;
  readonly name: string;
}

export type Shelf = Pick<Storage, "getItem" | "setItem">;

export const SAVED = "nx-saved";
export const SEEN = "nx-seen";
const MOST = { [SAVED]: 20, [SEEN]: 8 };

export function read(shelf: Shelf, key: string): Kept[] {
  try {
    const found: unknown = JSON.parse(shelf.getItem(key) ?? "[]");
    return Array.isArray(found) ? found.filter(isKept) : [];
  } catch {
    return [];
  }
}

/** Put a station first; whether the phone took it. */
export function add(shelf: Shelf, key: typeof SAVED | typeof SEEN, kept: Kept): boolean {
  const others = read(shelf, key).filter(({ code }) => code !== kept.code);
  return write(shelf, key, [kept, ...others].slice(0, MOST[key]));
}

export function remove(shelf: Shelf, key: string, code: string): boolean {
  return write(
    shelf,
    key,
    read(shelf, key).filter((kept) => kept.code !== code),
  );
}

function write(shelf: Shelf, key: string, list: readonly Kept[]): boolean {
  try {
    shelf.setItem(key, JSON.stringify(list));
    return true;
  } catch {
    return false;
  }
}

function isKept(entry: unknown): entry is Kept {
  const { code, name } = (entry ?? {}) as Partial<Kept>;
  return typeof code === "string" && typeof name === "string";
}
