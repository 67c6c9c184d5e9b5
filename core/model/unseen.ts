// Characters that nobody sees: one table for texts, file names and patches. These are parts of regular expressions with the
// flag `u`; each user decides what to do about them.

/**
 * For a class. What Unicode shows as nothing (joiners, fillers, selectors, tags, direction marks), blanks that count as
 * symbols or letters, interlinear marks, noncharacters, and controls except those of lines and of a terminal's escape.
 */
export const UNSEEN =
  "\\p{Default_Ignorable_Code_Point}\\p{Surrogate}\\p{Noncharacter_Code_Point}\\u2800\\ufff9-\\ufffb\\u{16fe4}\\u{1d159}\\0-\\x08\\x0e-\\x1a\\x1c-\\x1f\\x7f-\\x9f";

/** For a class: those that scripts are written with, in ones and twos. */
export const JOINING =
  "\\u00ad\\u034f\\u061c\\u17b4\\u17b5\\u180e\\u200b-\\u200f\\u2060-\\u2064\\u2800\\ufeff";

const PART = "\\p{Extended_Pictographic}[\\u{1F3FB}-\\u{1F3FF}]?[\\uFE0E\\uFE0F]?";
/** An emoji with its joiners and selectors. */
export const EMOJI = `${PART}(?:\\u200D${PART})*|[0-9#*]\\uFE0F?\\u20E3`;

/** Places in which one of them changes what is seen: flags, variation selectors, Old Korean, Mongolian, Braille. */
export const SHOWN = [
  "\\u{1F3F4}[\\u{E0020}-\\u{E007E}]{2,8}\\u{E007F}",
  EMOJI,
  "\\p{Emoji}[\\uFE0E\\uFE0F]",
  `(?![${UNSEEN}\\x00-\\x7f])[\\p{S}\\p{P}\\p{Ideographic}\\p{Script=Myanmar}\\p{Script=Phags_Pa}\\p{Script=Manichaean}][\\uFE00-\\uFE0F]`,
  "\\p{Ideographic}[\\u{E0100}-\\u{E01EF}]",
  "[\\u1800-\\u180A\\u1820-\\u18AA][\\u180B-\\u180D\\u180F]",
  "[\\u1100-\\u115E\\uA960-\\uA97C]\\u1160|\\u115F[\\u1161-\\u11A7]",
  "\\u2800*[\\u2801-\\u28FF][\\u2800-\\u28FF]*",
].join("|");
