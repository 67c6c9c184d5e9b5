// Memory for bodies in transit: a fixed total, counting bytes as they arrive rather than as declared. Nobody waits.
// When there is no room, whoever is furthest behind loses its place: whoever has sent nothing for longest, each MiB
// still to come counting as a little more silence. So nobody displaces a small body that keeps arriving; one of 25 MiB
// is displaced by others that fill the room within half a second, or that keep pace with less to come.

export interface Guest {
  /** The most it may send, in bytes. */
  readonly most: number;
  /** Called when it loses its place. */
  readonly go: () => void;
}

export interface Room {
  /** Counts bytes that arrived. A guest may lose its place for them, even this one. */
  readonly hear: (guest: Guest, bytes: number) => void;
  /** It has arrived whole: it counts until it leaves, and cannot lose its place. */
  readonly stay: (guest: Guest) => void;
  /** May be called twice. */
  readonly leave: (guest: Guest) => void;
}

export interface RoomOptions {
  /** The total for all guests that have more than `free`. */
  readonly bytes: number;
  /** Everybody may have this much without being counted. */
  readonly free: number;
  /** In milliseconds, since any point in time. */
  readonly now: () => number;
}

const MIB = 2 ** 20;
/** Whoever sends less than a MiB per second falls behind. */
const PACE_BYTES_A_MS = MIB / 1000;
/** Among equally fast guests the one with most to come is behind: each MiB counts as this much silence. */
const MS_A_MIB_TO_COME = 20;

interface Place {
  readonly held: number;
  /** It has kept pace until then. */
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
  /** The limit for all guests of one party. */
  readonly own: number;
}

/** A room for all, and within it one per party: a party that sends much displaces its own guests, not others'. */
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
