// Memory for the bodies of senders that are not known yet: so many bytes in all. Who finds no room waits, and is not
// read meanwhile. Nobody holds others up for long: while somebody waits, whoever had his time goes.

export interface Guest {
  /** What it may come to. */
  readonly bytes: number;
  /** There is room. */
  readonly come: () => void;
  /** It has lost its place: others wait, and it had its time. */
  readonly go: () => void;
}

export interface Room {
  /** Calls `come` at once or later, and after that perhaps `go`. */
  readonly ask: (guest: Guest) => void;
  /** Before or after it came; also twice. */
  readonly leave: (guest: Guest) => void;
}

export interface RoomOptions {
  /** In all. A guest that needs more never comes. */
  readonly bytes: number;
  /** What everybody has, and so much more for each MiB. */
  readonly patience_ms: number;
  readonly ms_a_mib: number;
}

export const createRoom = ({ bytes, patience_ms, ms_a_mib }: RoomOptions): Room => {
  let free = bytes;
  const waiting = new Set<Guest>();
  /** Until when each has its time, by `performance.now()`. */
  const inside = new Map<Guest, number>();
  let watching = false;

  const admit = (): void => {
    for (const guest of waiting) {
      if (guest.bytes > free) break; // guard: room-is-bounded
      waiting.delete(guest);
      free -= guest.bytes;
      inside.set(guest, performance.now() + patience_ms + (guest.bytes / 2 ** 20) * ms_a_mib);
      guest.come();
    }
    if (waiting.size === 0 || watching) return;
    watching = true;
    setTimeout(clear, firstEnd()).unref();
  };
  const firstEnd = (): number => Math.max(0, Math.min(...inside.values()) - performance.now()) + 1;
  const clear = (): void => {
    watching = false;
    const now = performance.now();
    const late = [...inside].filter(([, until]) => waiting.size > 0 && until <= now); // guard: time-is-bounded
    for (const [guest] of late) {
      leaveAlone(guest);
      guest.go();
    }
    admit();
  };
  const leaveAlone = (guest: Guest): void => {
    waiting.delete(guest);
    if (inside.delete(guest)) free += guest.bytes;
  };

  return {
    ask: guest => {
      waiting.add(guest);
      admit();
    },
    leave: guest => {
      leaveAlone(guest);
      admit();
    },
  };
};
