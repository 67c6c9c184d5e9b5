import { expect, test } from "vitest";
import { createRoom } from "../../app/room.ts";

const KIB = 1024;

/** A room whose guests say who goes, in order, at a time that the test sets. */
const aRoom = (bytes: number, free = 0) => {
  let time = 0;
  const gone: string[] = [];
  const room = createRoom({ bytes, free, now: () => time });
  const guests = new Map<string, { readonly most: number; readonly go: () => void }>();
  const guestOf = (name: string, most: number) => {
    const known = guests.get(name) ?? { most, go: () => void gone.push(name) };
    guests.set(name, known);
    return known;
  };
  return {
    gone,
    at: (ms: number) => {
      time = ms;
    },
    hear: (name: string, size: number, most = 1024 * KIB) => room.hear(guestOf(name, most), size),
    leave: (name: string) => room.leave(guestOf(name, 0)),
  };
};

test("there is never more inside than there is room for, and what was declared counts for nothing", () => {
  const { gone, hear } = aRoom(100 * KIB);
  for (let n = 0; n < 1000; n++) hear(`silent ${n}`, 0);
  for (const name of ["a", "b", "c"]) hear(name, 33 * KIB);
  expect(gone).toEqual([]);
  hear("d", 2 * KIB);
  expect(gone).toHaveLength(1);
});

test("who sent nothing for the longest time goes first, whatever it holds and whatever is to come", () => {
  const { gone, at, hear } = aRoom(100 * KIB);
  hear("silent", 10 * KIB, 11 * KIB);
  at(2_000);
  hear("fresh", 80 * KIB, 5000 * KIB);
  at(2_400);
  hear("fresh", 60 * KIB);
  hear("new", 1 * KIB);
  expect(gone).toEqual(["silent", "fresh"]);
});

test("single bytes, however often they come, are not sending", () => {
  const { gone, at, hear } = aRoom(100 * KIB);
  hear("drips", 60 * KIB, 61 * KIB);
  for (let ms = 0; ms < 3_000; ms += 40) {
    at(ms);
    hear("drips", 1);
  }
  hear("sends", 60 * KIB, 5000 * KIB);
  expect(gone).toEqual(["drips"]);
});

test("of those that are as fast, who has the most to come goes", () => {
  const { gone, at, hear } = aRoom(100 * KIB);
  hear("large", 30 * KIB, 5000 * KIB);
  at(100);
  for (const name of ["a", "b"]) hear(name, 30 * KIB, 40 * KIB);
  hear("new", 30 * KIB, 40 * KIB);
  expect(gone).toEqual(["large"]);
});

test("what is small counts for nothing and never goes", () => {
  const { gone, at, hear } = aRoom(100 * KIB, 64 * KIB);
  for (let n = 0; n < 50; n++) hear(`small ${n}`, 64 * KIB);
  at(10_000);
  for (const name of ["a", "b"]) hear(name, 70 * KIB);
  expect(gone).toEqual(["a"]);
});

test("whoever leaves twice, or was sent away, makes no room that there is not", () => {
  const { gone, hear, leave } = aRoom(100 * KIB);
  hear("a", 60 * KIB);
  leave("a");
  leave("a");
  hear("b", 60 * KIB);
  expect(gone).toEqual([]);
  hear("c", 60 * KIB);
  expect(gone).toHaveLength(1);
  leave(gone[0] ?? "");
  hear("d", 60 * KIB);
  expect(gone).toHaveLength(2);
});
