// Which addresses are everybody's: neither this machine's nor a private network's nor a cloud's own service.
import { BlockList, isIP } from "node:net";

const PRIVATE_4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
];
/** Of the sixth version only what is handed out to be reached, without what leads to an address of the fourth. */
const REACHABLE_6 = ["2000::/3"];
const PRIVATE_6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const blockOf = (ranges: readonly string[], family: "ipv4" | "ipv6"): BlockList => {
  const block = new BlockList();
  for (const range of ranges) {
    const [net = "", bits] = range.split("/");
    block.addSubnet(net, Number(bits), family);
  }
  return block;
};

const [PRIVATE_OF_4, OPEN_6, PRIVATE_OF_6] = [
  blockOf(PRIVATE_4, "ipv4"),
  blockOf(REACHABLE_6, "ipv6"),
  blockOf(PRIVATE_6, "ipv6"),
];

export const isPublicAddress = (address: string): boolean => {
  switch (isIP(address)) {
    case 4:
      return !PRIVATE_OF_4.check(address, "ipv4");
    case 6:
      return OPEN_6.check(address, "ipv6") && !PRIVATE_OF_6.check(address, "ipv6");
    default:
      return false;
  }
};
