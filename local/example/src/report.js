import { formatAmount } from "./money.js";
import { split } from "./split.js";

/** What each flat owes for all bills, by flat. */
export function owed(bills) {
  const totals = new Map();
  for (const { cents, flats } of bills) {
    const shares = split(cents, flats.length);
    flats.forEach((flat, index) => totals.set(flat, (totals.get(flat) ?? 0) + shares[index]));
  }
  return new Map([...totals].sort(([a], [b]) => a.localeCompare(b)));
}

export function report(bills) {
  const totals = owed(bills);
  const rows = [...totals, ["billed", sum(bills.map(bill => bill.cents))], ["collected", sum([...totals.values()])]];
  return rows.map(([name, cents]) => `${name.padEnd(12)}${formatAmount(cents).padStart(9)}`).join("\n");
}

const sum = amounts => amounts.reduce((total, cents) => total + cents, 0);
