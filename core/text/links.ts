// Addresses in text that Kin posts. A link stays a link if it leads by https to an allowed host, or into the repository;
// anything else, and every image, becomes words. An address of an issue or a pull request would leave a trace there, so it
// is written without its scheme.

export interface LinkOptions {
  readonly hosts: readonly string[];
  /** Applied to the text around and in links. */
  readonly words: (text: string) => string;
}

export const withLinks = (text: string, { hosts, words }: LinkOptions): string => {
  const out: string[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const [whole, image = "", label, target = ""] = match;
    out.push(words(text.slice(at, match.index)));
    at = match.index + whole.length;
    if (label === undefined) {
      const address = trimmed(whole);
      out.push(tellBare(address, hosts));
      at = match.index + address.length;
      continue;
    }
    const address = TARGET.exec(target)?.[1];
    if (address === undefined) out.push(words(whole));
    else out.push(tell({ address, hosts, label: words(label), image: image !== "" }));
  }
  out.push(words(text.slice(at)));
  return out.join("");
};

/** Without the punctuation that ends the sentence, not the address. */
const trimmed = (address: string): string => {
  let end = address.length;
  while (end > 0 && ")].,;:!?*_~|'\"".includes(address.charAt(end - 1))) end--;
  return address.slice(0, end);
};

const tellBare = (address: string, hosts: readonly string[]): string => {
  const kept = allowed(address, hosts);
  if (!kept) return "(link removed)";
  return REFERENCE.test(address) ? withoutScheme(address) : address;
};

interface Link {
  readonly address: string;
  readonly hosts: readonly string[];
  readonly label: string;
  readonly image: boolean;
}

const tell = ({ address, hosts, label, image }: Link): string => {
  const kept = !image && (allowed(address, hosts) || RELATIVE.test(address));
  if (!kept) return label.trim() === "" ? "(link removed)" : `${label} (link removed)`;
  return REFERENCE.test(address) ? `${label} (${withoutScheme(address)})` : `[${label}](${address})`;
};

const allowed = (address: string, hosts: readonly string[]): boolean => {
  const host = /^https:\/\/([a-z0-9.-]+)(?::443)?(?=[/?#]|$)[\w\-./?#=&%+~,:;$]*$/i.exec(address)?.[1];
  return host !== undefined && hosts.includes(host.toLowerCase());
};

const withoutScheme = (address: string): string => address.replace(/^https?:\/\//i, "");

// The target of an image or a link is everything up to the closing parenthesis; what is not a plain address is dropped.
const LINK =
  /(!?)(?<!\\)\[((?:[^[\]\\]|\\[^\n])*)\]\(((?:[^()\n]|\([^()\n]*\))*)\)|(?:https?|ftp):\/\/[^\s<>"'`]*|(?<![A-Za-z0-9.-])www\.[^\s<>"'`]*/gi;
const TARGET = /^\s*(\S+)(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*$/;
const RELATIVE = /^(?!\/\/|www\.)[\w./#?=&%+~,-]+$/;
const REFERENCE = /^https?:\/\/[^/]+\/[^/\s]+\/[^/\s]+\/(?:issues|pulls?|discussions)\/\w/i;
