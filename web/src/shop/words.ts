/** A name out of data as a heading shows it: `home_decor` is "Home decor". */
export function wordsOf(name: string): string {
  const words = name.replaceAll(/[_-]+/g, " ").trim();
  return words === "" ? name : words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
