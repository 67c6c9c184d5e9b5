// Texts of others, cut to a length.

/** Makes a copy: a slice would keep the whole text in memory. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : Buffer.from(text.slice(0, most), "utf16le").toString("utf16le");
