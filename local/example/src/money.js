// Amounts are whole numbers of cents everywhere but in the files and on the screen.

const AMOUNT = /^(-?)(\d+)(?:\.(\d{2}))?$/;

export function parseAmount(text) {
  const match = AMOUNT.exec(text.trim());
  if (match === null) throw new Error(`not an amount: "${text.trim()}"`);
  const [, sign, whole, cents = "00"] = match;
  const value = Number(whole) * 100 + Number(cents);
  return sign === "-" && value !== 0 ? -value : value;
}

export function formatAmount(cents) {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
