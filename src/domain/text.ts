/** Control characters, direction marks and invisible spaces: nothing that a title needs, much that hides one. */
export const hiddenCharacters =
  /[\p{Cc}\u061c\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;
