// An 18-digit resident identity number must not leave the tablet in a free text (DESIGN §6.1).
// The same rule as gis_core/denylist.py: a plausible birth date and a correct check digit.

const ID_NUMBER = /(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)/g;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = "10X98765432";

export function hasIdNumber(text: string): boolean {
  return [...text.matchAll(ID_NUMBER)].some(([number]) => checks(number));
}

function checks(number: string): boolean {
  const total = WEIGHTS.reduce((sum, weight, i) => sum + weight * Number(number[i]), 0);
  return CHECK_DIGITS[total % 11] === number[17]?.toUpperCase();
}
