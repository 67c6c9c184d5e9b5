// File names, which git and the machine have as bytes, as text.

import { isUtf8 } from "node:buffer";

/**
 * A path as text. If it is not UTF-8, each byte beyond ASCII becomes a lone surrogate, U+DC80 to U+DCFF, which valid
 * text never contains, and `bytesOf` turns it back.
 */
export const nameOf = (bytes: Buffer): string =>
  isUtf8(bytes)
    ? bytes.toString("utf8")
    : bytes
        .toString("latin1")
        .replace(/[\x80-\xff]/g, letter => String.fromCharCode(0xdc00 + letter.charCodeAt(0)));

export const bytesOf = (name: string): Buffer =>
  name.isWellFormed()
    ? Buffer.from(name, "utf8")
    : Buffer.concat(
        name
          .split(/((?<![\ud800-\udbff])[\udc80-\udcff]+)/)
          .map((part, index) =>
            index % 2 === 0
              ? Buffer.from(part, "utf8")
              : Buffer.from(Array.from(part, letter => letter.charCodeAt(0) - 0xdc00)),
          ),
      );
