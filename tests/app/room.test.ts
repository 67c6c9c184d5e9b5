import { expect, test } from "vitest";
import { createRoom, type Guest, type RoomOptions } from "../../app/room.ts";

const FOR_EVER = { patience_ms: 1e6, ms_a_mib: 0 };

/** What happens to each guest, in order. */
const aRoom = (bytes: number, pace: Omit<RoomOptions, "bytes">) => {
  const room = createRoom({ bytes, ...pace });
  const told: string[] = [];
  const ask = (name: string, bytes: number): Guest => {
    const guest = {
      bytes,
      come: () => void told.push(`${name} comes`),
      go: () => void told.push(`${name} goes`),
    };
    room.ask(guest);
    return guest;
  };
  return { room, told, ask };
};

const aMoment = () => new Promise(resolve => setTimeout(resolve, 20));

test("there is never more inside than there is room for, and who comes first is first", () => {
  const { room, told, ask } = aRoom(10, FOR_EVER);
  const a = ask("a", 6);
  ask("b", 6);
  ask("c", 4);
  expect(told).toEqual(["a comes"]);
  room.leave(a);
  expect(told).toEqual(["a comes", "b comes", "c comes"]);
});

test("whoever leaves twice, or before it came, makes no room that there is not", () => {
  const { room, told, ask } = aRoom(10, FOR_EVER);
  const a = ask("a", 10);
  const b = ask("b", 10);
  room.leave(b);
  room.leave(b);
  ask("c", 1);
  expect(told).toEqual(["a comes"]);
  room.leave(a);
  room.leave(a);
  ask("d", 10);
  expect(told).toEqual(["a comes", "c comes"]);
});

test("who had its time goes as soon as somebody waits, and not before", async () => {
  const { told, ask } = aRoom(10, { patience_ms: 0, ms_a_mib: 0 });
  ask("a", 6);
  await aMoment();
  expect(told).toEqual(["a comes"]);
  ask("b", 5);
  while (told.length < 3) await aMoment();
  expect(told).toEqual(["a comes", "a goes", "b comes"]);
});

test("whoever is larger has more time", async () => {
  const { told, ask } = aRoom(4 * 2 ** 20, { patience_ms: 0, ms_a_mib: 1e6 });
  ask("large", 3 * 2 ** 20);
  ask("small", 0);
  ask("waiting", 2 * 2 ** 20);
  while (told.length < 3) await aMoment();
  await aMoment();
  expect(told).toEqual(["large comes", "small comes", "small goes"]);
});

test("a crowd that holds all of it is through in as many turns as there is room for at once", async () => {
  const { room, told, ask } = aRoom(10, { patience_ms: 0, ms_a_mib: 0 });
  for (let n = 0; n < 50; n++) ask("held", 2);
  const last = ask("last", 2);
  while (!told.includes("last comes")) await aMoment();
  room.leave(last);
  expect(told.filter(line => line === "held goes").length).toBeGreaterThanOrEqual(46);
  expect(told.filter(line => line === "held comes")).toHaveLength(50);
});
