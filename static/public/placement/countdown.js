// How long until a moment, in words that change every second; when it is over, whoever asked is told once.
import { Words } from "../shell/words.js";

const MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400;

/** `words`: days, hours and minutes with their places; the two largest units only. */
export function leftInWords(left_s, words) {
  const whole = Math.max(0, Math.floor(left_s));
  const parts = { days: Math.floor(whole / DAY_S), hours: Math.floor((whole % DAY_S) / HOUR_S), minutes: Math.floor((whole % HOUR_S) / MINUTE_S), seconds: whole % MINUTE_S };
  const unit = parts.days ? "days" : parts.hours ? "hours" : "minutes";
  return new Words(words, "zh").say(unit, parts);
}

/** Keeps `element` up to date until its data-until; `whenOver(element, sawItRun)`: false when it was past at once. */
export function startCountdown(element, words, whenOver, { now = () => Date.now(), every = setInterval, stop = clearInterval } = {}) {
  const until = Date.parse(element.dataset.until), sawItRun = until > now();
  const tick = () => {
    const left_s = (until - now()) / 1000;
    if (left_s > 0) {
      element.textContent = leftInWords(left_s, words);
      return;
    }
    stop(ticking);
    whenOver(element, sawItRun);
  };
  const ticking = every(tick, 1000);
  tick();
}
