// 从何而来: name and value of everything that the figures rest on.

export function factsOf(source, kind, words) {
  const rows = [
    ["fact_source", kind === "published" ? source.source : source.label],
    ["fact_date", source.date ? dated(source.date, words) : null],
    ["fact_answered", source.answered === null ? null : words.say("fact_answered_of", { n: words.count(source.answered), all: words.count(source.dwellings) })],
    ["fact_stock", source.stock],
    ["fact_plan", source.plan],
    ["fact_epsilon", source.epsilon === null ? null : String(source.epsilon)],
    ["fact_sha256", source.sha256],
    ["fact_attribution", kind === "published" ? null : source.attribution],
  ];
  return rows.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([key, value]) => [words.say(key), value]);
}

/** A year stays a year. */
export function dated(text, words) {
  return /^\d{4}$/.test(text) ? text : words.date(text);
}
