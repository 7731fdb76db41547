// An applicant's own row: the receipt number and the secret stay in this page, nothing is asked of the server.
import { rowHash, ticketOf } from "./lottery.js";

/** As printed, typed in any way: capitals, spaces and hyphens do not matter. */
export const plainSecret = (typed) => typed.normalize("NFKC").toLowerCase().replace(/[^a-z0-9]/g, "");

/** Is the receipt number in the closed list, and where is it in the order? Needs no secret. */
export async function findReceipt(archive, typed) {
  const receipt = typed.normalize("NFKC").trim();
  const line = archive.list.findIndex((one) => one.id === receipt);
  if (line < 0) return { receipt, isListed: false };
  const found = { receipt, isListed: true, line: line + 1, priority: archive.list[line].priority };
  if (!("order" in archive)) return found;
  return { ...found, place: archive.order.indexOf(receipt) + 1, ticket: await ticketOf(archive.seed, receipt) };
}

/** The row that this receipt and secret open: {row, class, building}; null when they open none. */
export async function openRow(archive, receipt, secret) {
  const places = new Map(archive.results.map((one) => [`${one.class} ${one.building}`, one]));
  const rows = new Map(archive.results.map((one) => [one.row, one]));
  for (const { class: label, building } of places.values()) {
    const found = rows.get(await rowHash(plainSecret(secret), receipt, label, building));
    if (found && found.class === label && found.building === building) return found;
  }
  return null;
}
