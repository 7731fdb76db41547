// What a factor means: the cap of a tenure among so many flats of one room class, counted as the server does.
const DECIMAL = /^\d{1,3}(?:\.\d{1,6})?$/;
const SCALE = 1_000_000;

/** ⌈factor × count ÷ whole × flats⌉, never more than the flats; null where the text is no factor. */
export function mostOf(text, count, whole, flats) {
  const factor = factorOf(text);
  if (factor === null || whole <= 0) return null;
  const top = BigInt(Math.round(factor * SCALE)) * BigInt(count) * BigInt(flats);
  const bottom = BigInt(SCALE) * BigInt(whole);
  const most = Number((top + bottom - 1n) / bottom);
  return Math.min(most, flats);
}

/** The number that was typed (a comma is a point), null for an empty field or anything else. */
export function factorOf(text) {
  const plain = text.trim().replace(/[，,]/, ".");
  return DECIMAL.test(plain) && Number(plain) > 0 ? Number(plain) : null;
}
