// Words by which GitHub closes an issue: one pattern for Markdown, for titles and messages, and for a pull request's whole
// text, which may become the message of a squash. What stands between the word and the number may be as long as it likes.

/** `broken`: what becomes of one that is found, from its word to its number's first digit. */
export const withoutClosing = (
  text: string,
  broken: (found: { readonly word: string; readonly between: string; readonly reference: string }) => string,
): string =>
  text.replace(CLOSING, (_, word: string, between: string, reference: string) =>
    broken({ word, between, reference }),
  );

/**
 * For texts that GitHub takes as they are, the message of a commit or of a squash, where no code is code; whole, because a
 * word may end one part and a number begin the next.
 */
export const closesNothing = (text: string): string =>
  withoutClosing(text, ({ word, between, reference }) => `${word}${between}${reference} `);

const CLOSING =
  /(?<![A-Za-z0-9])(close[sd]?|fix(?:e[sd])?|resolve[sd]?)([\s:*_~[\](){}"'\\<>-]*)((?:[\w.-]{1,100}\/[\w.-]{1,100})?[#＃]|gh-|https?:\/\/[^\s/]{1,300}\/[^\s/]{1,100}\/[^\s/]{1,200}\/(?:issues|pull)\/)(?=\d)/gi;
