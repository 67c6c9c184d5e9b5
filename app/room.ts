// Memory for the bodies of senders that are not known yet: so many bytes in all, counted as they come and not as they are
// declared. Nobody waits for it. Where there is no room for what comes, whoever is the furthest behind loses its place.

export interface Guest {
  /** What it may come to, in bytes. */
  readonly most: number;
  /** It has lost its place. */
  readonly go: () => void;
}

export interface Room {
  /** So many more bytes of it came. Somebody may have to go for them, also the guest itself. */
  readonly hear: (guest: Guest, bytes: number) => void;
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
    leave: guest => put(guest, null),
  };
};
