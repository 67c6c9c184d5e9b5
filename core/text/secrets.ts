// What looks like a key is left out of everything posted. A last line of defence: nothing that Kin holds should get this
// far.
import { secretsIn } from "../model/patch/secrets.ts";

/** The text without them, in code as well. */
export const withoutSecrets = (text: string): string => {
  const places = [...secretsIn(text)].sort((a, b) => a.start - b.start);
  if (places.length === 0) return text;
  let out = "";
  let at = 0;
  for (const { start, end } of places) {
    if (start >= at) out += `${text.slice(at, start)}(secret removed)`;
    at = Math.max(at, end);
  }
  return out + text.slice(at);
};
