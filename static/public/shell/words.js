// Every sentence comes from the page's wording table (translated by the server); code knows keys only.

export class Words {
  constructor(table, language) {
    this.table = table;
    this.language = language.startsWith("en") ? "en" : "zh";
  }

  /** The wording of a key, with {names} filled in. A missing key shows itself. */
  say(key, values = {}) {
    const sentence = this.table[key] ?? key;
    return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  }

  /** 12,345 · 12.3 万 (Chinese, from ten thousand) */
  count(number) {
    const rounded = Math.round(number);
    if (this.language === "zh" && rounded >= 1e8) return `${trimmed(rounded / 1e8)} 亿`;
    if (this.language === "zh" && rounded >= 1e4) return `${trimmed(rounded / 1e4)} 万`;
    return rounded.toLocaleString("en-GB");
  }

  /** 62.4 %, never rounded up to 100 nor down to 0. */
  percent(share) {
    if (!Number.isFinite(share)) return "–";
    const percent = share * 100;
    if (percent > 0 && percent < 0.1) return "<0.1%";
    if (percent < 100 && percent > 99.9) return ">99.9%";
    return `${percent.toFixed(percent === 100 || percent === 0 ? 0 : 1)}%`;
  }

  /** 420 m · 1.25 km */
  metres(metres) {
    if (metres === null || metres === undefined) return "–";
    const rounded = Math.round(metres);
    return rounded < 1000 ? `${rounded} m` : `${(rounded / 1000).toFixed(2)} km`;
  }

  date(text, timeZone) {
    const date = new Date(text);
    if (Number.isNaN(date.getTime())) return text;
    const options = { year: "numeric", month: this.language === "zh" ? "numeric" : "short", day: "numeric", timeZone };
    return new Intl.DateTimeFormat(this.language === "zh" ? "zh-CN" : "en-GB", options).format(date);
  }
}

function trimmed(number) {
  return number >= 100 ? String(Math.round(number)) : number.toFixed(1).replace(/\.0$/, "");
}
