/** An id in a path; one that no URL can hold as it is keeps its letters by a sign that is taken off again. */
export function productPath(itemId: string): string {
  return `/product/${segmentOf(itemId)}`;
}

export function categoryPath(category: string): string {
  return `/category/${segmentOf(category)}`;
}

/** `.` and `..` would vanish from a path, however they are escaped: a tilde before them, and before other tildes. */
function segmentOf(id: string): string {
  return encodeURIComponent(/^(\.{0,2}|~.*)$/s.test(id) ? `~${id}` : id);
}

/** What `productPath` and `categoryPath` made of an id, read back; `undefined` if it is no such thing. */
export function idOf(segment: string | undefined): string | undefined {
  try {
    const text = decodeURIComponent(segment ?? "");
    return text.startsWith("~") ? text.slice(1) : text;
  } catch {
    return undefined;
  }
}

/** A search string without what is empty. */
export function searchText(parameters: URLSearchParams): string {
  return parameters.size === 0 ? "" : `?${parameters}`;
}
