/**
 * RFC 3986 percent-encoding as ACS3 signatures want it: only `A-Z a-z 0-9 - _ . ~` stay, a space is `%20`,
 * everything else is its UTF-8 bytes in upper-case hex. `encodeURIComponent` leaves `! ' ( ) *`, which do not stay here.
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
