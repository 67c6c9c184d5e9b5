import { describe, expect, test } from "vitest";
import { createHouse, createRoom } from "../../app/room.ts";

const KIB = 1024;

/** A room whose guests record who had to go, in order; the test sets the time. */
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

test("what came whole counts until it leaves, and goes for nobody", () => {
  let time = 0;
  const room = createRoom({ bytes: 100 * KIB, free: 0, now: () => time });
  const gone: string[] = [];
  const guest = (name: string) => ({ most: 60 * KIB, go: () => void gone.push(name) });
  const [whole, next, last] = [guest("whole"), guest("next"), guest("last")];
  room.hear(whole, 60 * KIB);
  room.stay(whole);
  time = 60_000;
  room.hear(next, 50 * KIB);
  expect(gone).toEqual(["next"]);
  room.leave(whole);
  room.hear(last, 60 * KIB);
  expect(gone).toEqual(["next"]);
});

describe("in a house of a room for all and one for each party", () => {
  const aHouse = (bytes: number, own: number) => {
    const gone: string[] = [];
    const house = createHouse({ bytes, own, free: 0, now: () => 0 });
    const guests = new Map<string, { readonly most: number; readonly go: () => void }>();
    const guestOf = (name: string) => {
      const guest = guests.get(name) ?? { most: 1024 * KIB, go: () => void gone.push(name) };
      guests.set(name, guest);
      return guest;
    };
    return {
      gone,
      hear: (party: number, name: string, size: number) => house(party).hear(guestOf(name), size),
      stay: (party: number, name: string) => house(party).stay(guestOf(name)),
      leave: (party: number, name: string) => house(party).leave(guestOf(name)),
    };
  };

  test("a party that sends much pushes out its own, and nobody else's", () => {
    const { gone, hear } = aHouse(300 * KIB, 100 * KIB);
    hear(1, "other", 90 * KIB);
    for (let n = 0; n < 20; n++) hear(2, `mine ${n}`, 40 * KIB);
    expect(gone).toHaveLength(18);
    expect(gone.every(name => name.startsWith("mine"))).toBe(true);
    hear(1, "other", 10 * KIB);
    expect(gone).toHaveLength(18);
  });

  test("all parties together have no more than the whole, and what left makes place for all", () => {
    const { gone, hear, stay, leave } = aHouse(200 * KIB, 100 * KIB);
    for (const party of [1, 2]) {
      hear(party, `of ${party}`, 100 * KIB);
      stay(party, `of ${party}`);
    }
    hear(3, "of 3", 1 * KIB);
    expect(gone).toEqual(["of 3"]);
    leave(1, "of 1");
    leave(1, "of 1");
    hear(4, "of 4", 100 * KIB);
    expect(gone).toEqual(["of 3"]);
    hear(1, "again", 1 * KIB);
    expect(gone).toHaveLength(2);
  });

  test("whoever was sent away has left both rooms", () => {
    const { gone, hear } = aHouse(150 * KIB, 100 * KIB);
    hear(1, "a", 90 * KIB);
    hear(1, "b", 20 * KIB);
    expect(gone).toHaveLength(1);
    const left = gone[0] === "a" ? 20 : 90;
    hear(2, "c", (150 - left) * KIB);
    expect(gone).toHaveLength(1);
  });
});

/** Others send bodies that then stall, each one byte short: returns after how many of its packets somebody has to go. */
const flooded = (most: number, { rate, gap }: { readonly rate: number; readonly gap: number }) => {
  const MIB = 1024 * KIB;
  let time = 0;
  const room = createRoom({ bytes: 32 * MIB, free: 64 * KIB, now: () => time });
  let gone = false;
  const guest = {
    most: most * MIB,
    go: () => {
      gone = true;
    },
  };
  let [sent, others] = [0, 0];
  for (; !gone && sent < most * MIB; time++) {
    for (; others < (time * rate * MIB) / 1000; others += 80 * KIB)
      room.hear({ most: 80 * KIB + 1, go: () => {} }, 80 * KIB);
    if (time < 1_000 || time % gap > 0) continue;
    room.hear(guest, 100 * KIB);
    sent += 100 * KIB;
  }
  return gone ? "gone" : "arrived";
};

// Each MiB to come counts as 20 ms of silence, so others must send that much more than 32 MiB between two packets.
test.each([
  ["arrived", 1, 900, 10],
  ["gone", 1, 1_600, 10],
  ["arrived", 5, 250, 10],
  ["gone", 5, 400, 10],
  ["arrived", 25, 55, 10],
  ["gone", 25, 80, 10],
] as const)(
  "while others fill the room a body has %s: one of %i MiB, beside %i MiB a second",
  (what, most, rate, gap) => {
    expect(flooded(most, { rate, gap })).toBe(what);
  },
);
