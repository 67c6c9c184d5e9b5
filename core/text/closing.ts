// Words by which GitHub closes an issue: one pattern for Markdown, for titles and messages, and for a pull request's whole
// text, which may become the message of a squash. Any length of text may stand between word and number.

/** `broken`: replaces each match, from its word to the first digit of its number. */
export const withoutClosing = (
  text: string,
  broken: (found: { readonly word: string; readonly between: string; readonly reference: string }) => string,
): string =>
  text.replace(CLOSING, (_, word: string, between: string, reference: string) =>
    broken({ word, between, reference }),
  );

/**
 * For texts that GitHub takes as they are, the message of a commit or of a squash, where nothing counts as code. Whole
 * texts, because a word may end one part and a number begin the next.
 */
export const closesNothing = (text: string): string =>
  withoutClosing(text, ({ word, between, reference }) => `${word}${between}${reference} `);

const CLOSING =
  /(?<![A-Za-z0-9])(close[sd]?|fix(?:e[sd])?|resolve[sd]?)([\s:*_~[\](){}"'\\<>-]*)((?:[\w.-]{1,100}\/[\w.-]{1,100})?[#＃]|gh-|https?:\/\/[^\s/]{1,300}\/[^\s/]{1,100}\/[^\s/]{1,200}\/(?:issues|pull)\/)(?=\d)/gi;
