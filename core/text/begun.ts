// Tags, comments and declarations that begin in hidden words. The words can be removed; what begins there might end
// elsewhere if GitHub did not hide it after all, so it has to stay.

/** From the first one that might not end within `words`: its markup, with an x for each word. "" if there is none. */
export const begun = (words: string): string => {
  const open = words.slice(ENDED.exec(words)?.[0].length);
  const [name = ""] = NAME.exec(open) ?? [];
  return name + open.slice(name.length).replace(/[\p{L}\p{M}\p{N}]+/gu, "x");
};

// Words, and markup that ends in the same place for Markdown and for a browser.
const ENDED =
  /^(?:[^<]+|<(?![A-Za-z/!?])|<\/?[A-Za-z](?:[^<>"']|"[^"<>]*"|'[^'<>]*')*>|<!--[^<>]*-->|<(?:\?|!(?!--))[^<>]*>)*/;
const NAME = /^<(?:!\[CDATA\[|[/!?]?[A-Za-z]{0,20})/;
