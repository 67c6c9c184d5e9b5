// The bytes of a file in a patch, and the one way to read them: as whoever runs the file does, who tolerates bytes that are
// not UTF-8. Its name and its beginning together decide whether a file is data, which nobody reads. Pure.
import type { FileChange } from "../change.ts";

/** One character per byte; null for invalid base64, which every decoder reads differently. */
export const rawOf = (base64: string): string | null =>
  base64.length % 4 === 0 && BASE64.test(base64) ? atob(base64) : null;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** `raw`: one character per byte. */
export const readRaw = (raw: string): string => {
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
  return readBytes(bytes);
};

export const readBytes = (bytes: Uint8Array): string => UTF8.decode(bytes);

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** What a change puts into its file, as text. */
export const textOf = ({ content, encoding }: FileChange): string =>
  content === null ? "" : encoding === "base64" ? readRaw(rawOf(content) ?? "") : content;

export const bytesOf = ({ content, encoding }: FileChange): number =>
  content === null
    ? 0
    : encoding === "base64"
      ? Math.floor((content.length * 3) / 4)
      : new TextEncoder().encode(content).length;

/**
 * "seen": a picture or a font, which people see for themselves. "opaque": other data. null: somebody may read or run it as
 * text.
 */
export const dataKind = (path: string, raw: string): Data["kind"] | null =>
  DATA.find(({ file, begins }) => file.test(path) && begins.test(raw))?.kind ?? null;

export interface Data {
  readonly kind: "seen" | "opaque";
  /** Matches its name. */
  readonly file: RegExp;
  /** Matches its whole header, one character per byte. */
  readonly begins: RegExp;
}

const ZIPPED =
  "zip|jar|war|ear|whl|egg|nupkg|apk|aar|epub|docx|xlsx|pptx|docm|xlsm|odt|ods|odp|xpi|vsix|sketch";

export const DATA: readonly Data[] = [
  { kind: "seen", file: /\.a?png$/i, begins: /^\x89PNG\r\n.\n\0\0\0\rIHDR/ },
  { kind: "seen", file: /\.jpe?g$/i, begins: /^\xff\xd8\xff[\xc0-\xfe]/ },
  { kind: "seen", file: /\.gif$/i, begins: /^GIF8[79]a[\s\S]{6}\0/ },
  { kind: "seen", file: /\.(?:bmp|dib)$/i, begins: /^BM[\s\S]{4}\0{4}[\s\S]{2}\0\0[\s\S]\0\0\0/ },
  { kind: "seen", file: /\.webp$/i, begins: /^RIFF[\s\S]{4}WEBPVP8/ },
  { kind: "seen", file: /\.(?:ico|cur)$/i, begins: /^\0\0[^\0]\0[\s\S]\0/ },
  { kind: "seen", file: /\.(?:avif|heic|heif)$/i, begins: /^\0\0\0[\s\S]ftyp/ },
  { kind: "seen", file: /\.tiff?$/i, begins: /^(?:II\*\0|MM\0\*)/ },
  { kind: "seen", file: /\.icns$/i, begins: /^icns\0/ },
  { kind: "seen", file: /\.woff2?$/i, begins: /^wOF[F2](?:\0[^ -~]\0\0|OTTO|true)/ },
  { kind: "seen", file: /\.(?:ttf|otf|ttc)$/i, begins: /^(?:\0[^ -~]\0\0|OTTO|true|ttcf\0)/ },
  { kind: "opaque", file: new RegExp(`\\.(?:${ZIPPED})$`, "i"), begins: /^PK[^ -~]{2}/ },
  { kind: "opaque", file: /\.(?:gz|tgz|svgz)$/i, begins: /^[^ -~]\x8b[^ -~]/ },
  { kind: "opaque", file: /\.(?:bz2|tbz2?|xz|txz|zst|7z|lz4|br|rar|tar|crate|gem)$/i, begins: /^/ },
  { kind: "opaque", file: /\.(?:wasm|class|exe|dll|so|dylib|o|obj|a|lib|pyc|pdb)$/i, begins: /^(?!#!)/ },
  { kind: "opaque", file: /\.pdf$/i, begins: /^%PDF-\d/ },
  { kind: "opaque", file: /\.(?:mp[34]|m4[av]|wav|ogg|og[av]|opus|flac|webm|mov|avi|midi?)$/i, begins: /^/ },
  {
    kind: "opaque",
    file: /\.(?:bin|dat|data|raw|db|db3|sqlite3?|mdb|ldb|rdb|pack|idx|pcap|dmp)$/i,
    begins: /^/,
  },
  { kind: "opaque", file: /\.(?:npy|npz|pb|onnx|parquet|avro|arrow|h5|hdf5|pkl|pt|mat|sav)$/i, begins: /^/ },
  {
    kind: "opaque",
    file: /\.(?:doc|xls|ppt|psd|xcf|blend|glb|fbx|mo|gmo|res|nib|eot|shp|dbf)$/i,
    begins: /^/,
  },
  { kind: "opaque", file: /\.(?:der|cer|p12|pfx|jks|keystore|gpg|sig)$/i, begins: /^/ },
  // Programs read these as UTF-16.
  { kind: "opaque", file: /\.(?:rc|reg|inf|strings|txt|csv|sln)$/i, begins: /^(?:\xff\xfe|\xfe\xff)/ },
];
