// Texts in one, without the empty ones.

export const joined = (separator: string, texts: readonly string[]): string =>
  texts.filter(text => text !== "").join(separator);
