import { parseAmount } from "./money.js";

/** Reads a month: one bill per line, `what; amount; flat, flat, …`. */
export function parseBills(text) {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "" && !line.startsWith("#"))
    .map(({ line, number }) => parseBill(line, number));
}

function parseBill(line, number) {
  const fields = line.split(";").map(field => field.trim());
  if (fields.length !== 3) throw new Error(`line ${number}: expected "what; amount; flats"`);
  const [what, amount, list] = fields;
  const flats = list.split(",").map(flat => flat.trim()).filter(flat => flat !== "");
  if (flats.length === 0) throw new Error(`line ${number}: "${what}" names no flat`);
  if (new Set(flats).size !== flats.length) throw new Error(`line ${number}: "${what}" names a flat twice`);
  return { what, cents: parseAmount(amount), flats };
}
