// What may be chosen, and why the rest may not. Pure: the state of the page in, options out.
// An option is {code, name, why}; an empty `why` means that it can be chosen.

import { levelOfCode } from "./address.js";

export const KINDS = ["stock", "sealed", "published"];

/** Sources of one kind, newest first; each has {key, label, dimensions}. */
export function sourcesOf(kind, sources) {
  if (kind === "stock") return sources.stock ? [sources.stock] : [];
  return sources[kind] ?? [];
}

export const kindOf = (key) => (key ?? "").split(":")[0];

/** The three kinds; one without a source says what to do. */
export function kindOptions(sources, words) {
  return KINDS.map((kind) => ({ code: kind, name: words.say(`kind_${kind}`), why: sourcesOf(kind, sources).length ? "" : words.say(`no_${kind}`) }));
}

/** A dimension that the register does not tell stays in sight, with its reason. */
export function dimensionOptions(source, words) {
  return source.dimensions.map(({ code, name, groups, why }) => ({ code, name, why: why || (groups.length ? "" : words.say("dimension_untold")) }));
}

export function levelOptions({ levels, choices }, source, dimension, words) {
  const kind = kindOf(source.key);
  const has = new Set(dimension.levels ?? []);
  return levels.map(({ code, name }) => {
    const rule = choices[kind][code];
    return { code, name, why: rule.why || (has.has(code) ? "" : words.say("level_not_in_source")) };
  });
}

export function measureOptions({ measures, choices }, source, level, dimension) {
  const rule = choices[kindOf(source.key)][level];
  const whys = rule.of[dimension.code] ?? rule.measures;
  return measures.map(({ code, name }) => ({ code, name, why: whys[code] ?? "" }));
}

/** Measures of one group ask which. */
export const needsGroup = (measure) => measure === "share" || measure === "quotient";

/**
 * The view with every choice filled in: what was asked for where it exists, else the first that does.
 * Returns {view, kind, source, dimension, levels, measures, kinds, sources, group (index)} or null without any source.
 */
export function settle(asked, state, words) {
  const kinds = kindOptions(state.sources, words);
  const usable = kinds.filter(({ why }) => !why);
  if (!usable.length) return null;
  const kind = usable.find(({ code }) => code === kindOf(asked.source))?.code ?? usable[0].code;
  const sources = sourcesOf(kind, state.sources);
  const source = sources.find(({ key }) => key === asked.source) ?? sources[0];
  const dimensions = dimensionOptions(source, words);
  const wanted = pick(dimensions, asked.dim, null);
  const dimension = source.dimensions.find(({ code }) => code === wanted);
  const levels = levelOptions(state, source, dimension, words);
  const level = pick(levels, asked.level, kind === "stock" ? "building" : "grid");
  const measures = measureOptions(state, source, level, dimension);
  const measure = pick(measures, asked.measure, "w");
  const groups = dimension.groups;
  const group = Math.max(0, groups.findIndex(({ code }) => code === asked.group));
  const area = areaWithin(asked.area, levels, state.town.root_code);
  const view = { ...asked, area, source: source.key, dim: dimension.code, level, measure, group: needsGroup(measure) ? (groups[group]?.code ?? null) : null };
  return { view, kind, kinds, source, sources, dimension, dimensions, groups, levels, measures, group };
}

/** A place that the source does not reach down to is let go: a building, when surveyed figures are looked at. */
function areaWithin(area, levels, rootCode) {
  if (!area) return null;
  const own = levelOfCode(area, rootCode);
  return levels.some(({ code, why }) => code === own && !why) ? area : null;
}

function pick(options, asked, usual) {
  const open = options.filter(({ why }) => !why);
  const found = open.find(({ code }) => code === asked) ?? open.find(({ code }) => code === usual) ?? open[0];
  return found?.code ?? options[0].code;
}
