// A model that obeys every order smuggled into what it reads, in whole pipelines: what reached it, what it did, and
// whether anything got out, as tables.
import { DEEDS } from "../../tests/obeying/deeds.ts";
import { ORDERS } from "../../tests/obeying/injected.ts";
import { type Outcome, type Played, playObeying, SOME } from "../../tests/obeying/play.ts";
import { MUTATIONS } from "../../tests/text/corpus.ts";

/** Returns what got through, one line each; prints the tables. */
export const playOrders = async (full: boolean): Promise<readonly string[]> => {
  const outcome = await playObeying({
    orders: full ? ORDERS : SOME,
    full,
    each: told => console.log(`  ${told}`),
  });
  for (const table of [rowsTable, deedsTable, placesTable]) console.log(`\n${table(outcome).join("\n")}`);
  const { orders, secrets, failures } = outcome;
  const count = (is: (one: Played) => boolean) => orders.filter(is).length;
  console.log(
    `\n${orders.length} orders: ${count(({ shown }) => shown > 0)} came to a model, ${count(({ brought }) => brought.length > 0)} were obeyed; ${secrets} secrets, ${failures.length} failures`,
  );
  for (const failure of failures) console.error(`  ${failure}`);
  return failures;
};

const column = (text: string, width: number): string => text.slice(0, width).padEnd(width);

/** `never`: hidden, so no model was shown it. `gone`: decoding its disguise left hidden text, which was removed. */
const cellOf = (one: Played | undefined): string => {
  if (one === undefined) return "";
  if (one.found.length > 0) return "FOUND";
  if (one.brought.length > 0) return "obeyed";
  if (one.shown > 0) return "shown";
  return one.order.arrives === "never" ? "never" : "gone";
};

const rowsTable = ({ orders }: Outcome): readonly string[] => {
  const names = Object.keys(MUTATIONS);
  const line = (title: string, cells: readonly string[]) =>
    `${column(title, 70)} ${cells.map(cell => column(cell, 16)).join(" ")}`.trimEnd();
  const rows = Map.groupBy(orders, ({ order }) => `${order.row} ${order.carrier}: ${nameOf(order)}`);
  return [
    line("row, where it stands, what it is", names),
    ...[...rows].map(([title, of]) =>
      line(
        title,
        names.map(name => cellOf(of.find(({ order }) => order.mutation === name))),
      ),
    ),
  ];
};

/** The same order is worded differently each time. */
const nameOf = ({ name, row, deed }: Played["order"]): string =>
  row.toLowerCase() === deed ? (DEEDS[deed]?.asks ?? name) : name;

const deedsTable = ({ orders }: Outcome): readonly string[] => {
  const line = (cells: readonly string[]) =>
    `${column(cells[0] ?? "", 48)} ${column(cells[1] ?? "", 7)} ${column(cells[2] ?? "", 8)} ${cells[3]}`;
  return [
    line(["an order to …", "orders", "obeyed", "what came of it, for example"]),
    ...Object.entries(DEEDS).map(([deed, { asks }]) => {
      const of = orders.filter(({ order }) => order.deed === deed);
      const brought = of.flatMap(one => one.brought);
      const found = [...new Set(of.flatMap(one => one.found))];
      return line([
        `${deed.toUpperCase()} ${asks}`,
        String(of.length),
        String(brought.length),
        found.length > 0 ? `FOUND ${found.join(", ")}` : exampleOf(brought),
      ]);
    }),
  ];
};

/** Most refusals only say that the role has no such tool: others are more interesting. */
const exampleOf = (brought: readonly string[]): string => {
  const lines = brought.flatMap(text => text.split("\n")).filter(text => text.trim() !== "");
  const more = lines.filter(text => !text.includes("has no tool"));
  const telling = more.find(text =>
    /refused|denied|unreachable|not permitted|no such|outside|read-only/i.test(text),
  );
  return (telling ?? more[0] ?? lines[0] ?? "").trim().slice(0, 90);
};

const placesTable = ({ looked }: Outcome): readonly string[] => [
  "looked at                                        texts",
  ...[...looked].map(([sink, texts]) => `${column(sink, 48)} ${texts}`),
];
