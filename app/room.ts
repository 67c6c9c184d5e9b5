// Memory for bodies that are under way: so many bytes in all, counted as they come and not as they are declared. Nobody
// waits for it. Where there is no room for what comes, whoever is the furthest behind loses its place: who sent nothing
// for the longest time, and each MiB that it has to come counts as a little of that. So a small body that comes at all is
// pushed out by nobody; one of 25 MiB is by others that fill the room within half a second, or keep pace with less to come.

export interface Guest {
  /** What it may come to, in bytes. */
  readonly most: number;
  /** It has lost its place. */
  readonly go: () => void;
}

export interface Room {
  /** So many more bytes of it came. Somebody may have to go for them, also the guest itself. */
  readonly hear: (guest: Guest, bytes: number) => void;
  /** All of it came: it counts until it leaves, and goes for nobody. */
  readonly stay: (guest: Guest) => void;
  /** Also twice. */
  readonly leave: (guest: Guest) => void;
}

export interface RoomOptions {
  /** Of all together that have more than `free`. */
  readonly bytes: number;
  /** So much everybody has, and it counts for nothing. */
  readonly free: number;
  /** In milliseconds, from any time on. */
  readonly now: () => number;
}

const MIB = 2 ** 20;
/** Whoever sends less than a MiB in a second falls behind. */
const PACE_BYTES_A_MS = MIB / 1000;
/** Of those that are about as fast the one with the most to come is behind: each MiB is worth so much silence. */
const MS_A_MIB_TO_COME = 20;

interface Place {
  readonly held: number;
  /** Until then it has kept pace. */
  readonly until: number;
}

export const createRoom = ({ bytes, free, now }: RoomOptions): Room => {
  const inside = new Map<Guest, Place>();
  let held = 0;
  const counted = (place: Place | undefined): number =>
    place === undefined || place.held <= free ? 0 : place.held;
  const put = (guest: Guest, place: Place | null): void => {
    held += counted(place ?? undefined) - counted(inside.get(guest));
    if (place === null) inside.delete(guest);
    else inside.set(guest, place);
  };

  const furthestBehind = (at: number): Guest | null => {
    let found: Guest | null = null;
    let most = Number.NEGATIVE_INFINITY;
    for (const [guest, place] of inside) {
      if (counted(place) === 0) continue;
      const silent = at - place.until; // guard: who-is-behind-goes
      const behind = silent + ((guest.most - place.held) / MIB) * MS_A_MIB_TO_COME;
      if (behind > most) [found, most] = [guest, behind];
    }
    return found;
  };

  return {
    hear: (guest, size) => {
      const at = now();
      const before = inside.get(guest) ?? { held: 0, until: at };
      const until = Math.min(at, before.until + size / PACE_BYTES_A_MS);
      put(guest, { held: before.held + size, until });
      // guard: room-is-bounded
      while (held > bytes) {
        const next = furthestBehind(at);
        if (next === null) return;
        put(next, null);
        next.go();
      }
    },
    stay: guest => {
      const place = inside.get(guest);
      if (place !== undefined) put(guest, { ...place, until: Number.POSITIVE_INFINITY }); // guard: what-is-whole-stays
    },
    leave: guest => put(guest, null),
  };
};

export interface HouseOptions extends RoomOptions {
  /** Of one party's guests together. */
  readonly own: number;
}

/** A room for all, and in it one for each party: who sends much pushes out its own, and leaves place for others. */
export const createHouse = ({ own, ...options }: HouseOptions): ((party: number) => Room) => {
  const all = createRoom(options);
  const rooms = new Map<number, { readonly room: Room; readonly guests: Set<Guest> }>();
  const roomOf = (party: number) => {
    const known = rooms.get(party) ?? { room: createRoom({ ...options, bytes: own }), guests: new Set() };
    rooms.set(party, known);
    return known;
  };
  const inBoth = new WeakMap<Guest, Guest>();
  return party => {
    const leave = (guest: Guest): void => {
      const { room, guests } = roomOf(party);
      for (const one of [room, all]) one.leave(inBoth.get(guest) ?? guest);
      guests.delete(guest);
      if (guests.size === 0) rooms.delete(party);
    };
    const known = (guest: Guest): Guest => {
      const both = inBoth.get(guest) ?? {
        most: guest.most,
        go: () => {
          leave(guest);
          guest.go();
        },
      };
      inBoth.set(guest, both);
      return both;
    };
    return {
      hear: (guest, bytes) => {
        const { room, guests } = roomOf(party);
        guests.add(guest);
        room.hear(known(guest), bytes); // guard: parties-have-rooms
        if (guests.has(guest)) all.hear(known(guest), bytes);
      },
      stay: guest => {
        for (const one of [roomOf(party).room, all]) one.stay(known(guest));
      },
      leave,
    };
  };
};
