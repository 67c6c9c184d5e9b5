// Addresses that no name may lead to, except for hosts that the project lists as private. The address checked is the one
// connected to, so resolving the name again changes nothing.

export interface RefusedNet {
  readonly net: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
  readonly what: string;
}

const four = (net: string, bits: number, what: string): RefusedNet => ({ net, bits, family: "ipv4", what });
const six = (net: string, bits: number, what: string): RefusedNet => ({ net, bits, family: "ipv6", what });

/** The first match says what it is. */
export const REFUSED_NETS: readonly RefusedNet[] = [
  four("127.0.0.0", 8, "this machine"),
  four("0.0.0.0", 8, "this machine"),
  four("10.0.0.0", 8, "a private network"),
  four("172.16.0.0", 12, "a private network"),
  four("192.168.0.0", 16, "a private network"),
  four("100.64.0.0", 10, "a provider's inner network"),
  four("169.254.0.0", 16, "the machine's own link, or its metadata"),
  four("168.63.129.16", 32, "the machine's metadata"),
  four("192.0.0.0", 24, "a reserved network"),
  four("192.0.2.0", 24, "a reserved network"),
  four("192.88.99.0", 24, "a reserved network"),
  four("198.18.0.0", 15, "a reserved network"),
  four("198.51.100.0", 24, "a reserved network"),
  four("203.0.113.0", 24, "a reserved network"),
  four("224.0.0.0", 4, "a multicast group"),
  four("240.0.0.0", 4, "a reserved network"),
  six("::1", 128, "this machine"),
  six("::", 128, "this machine"),
  six("::ffff:0:0", 96, "an IPv4 address in another spelling"),
  six("64:ff9b::", 32, "an IPv4 address in another spelling"),
  six("2002::", 16, "an IPv4 address in another spelling"),
  six("fc00::", 7, "a private network"),
  six("fe80::", 10, "the machine's own link"),
  six("ff00::", 8, "a multicast group"),
  six("2001::", 23, "a reserved network"),
  six("2001:db8::", 32, "a reserved network"),
  six("3fff::", 20, "a reserved network"),
  // Everything but 2000::/3, the range of public addresses.
  six("::", 3, "a reserved network"),
  six("4000::", 2, "a reserved network"),
  six("8000::", 1, "a reserved network"),
];
