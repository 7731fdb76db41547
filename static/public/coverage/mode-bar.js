// How distance is told (walk in metres, straight line, step-free, minutes), for whom, and in what unit
// shares are counted.
import { element } from "../shell/dom.js";

export class ModeBar {
  /** `modes` of the server without the time-… ones become buttons, all profiles share one "time" button. */
  constructor({ group, profile, weight, modes, profiles, words, onChange }) {
    Object.assign(this, { group, profile, weight, profiles, onChange });
    const plain = modes.filter(({ code }) => !code.startsWith("time-"));
    const buttons = [...plain, { code: "time", name: words.say("mode_time") }];
    for (const { code, name } of buttons) {
      const label = words.table[`mode_${code}`] ?? name;
      const radio = element("input", { type: "radio", name: "mode", value: code, id: `mode-${code}` });
      group.append(element("label", { class: "segment", title: words.table[`mode_${code}_hint`] ?? null }, radio, element("span", {}, label)));
    }
    for (const { code, name, speed_m_min: speed } of profiles) {
      profile.append(element("option", { value: code }, `${name} · ${Math.round(speed)} m/min`));
    }
    group.addEventListener("change", () => this.tell());
    profile.addEventListener("change", () => this.tell());
    weight.addEventListener("change", () => onChange({ weight: weight.value }));
  }

  tell() {
    const chosen = this.group.querySelector("input:checked")?.value ?? "norm";
    this.onChange({ mode: chosen === "time" ? `time-${this.profile.value || this.profiles[0]?.code}` : chosen });
  }

  show({ mode, weight }) {
    const isTime = mode.startsWith("time-");
    const radio = this.group.querySelector(`input[value="${isTime ? "time" : CSS.escape(mode)}"]`);
    if (radio) radio.checked = true;
    if (isTime) this.profile.value = mode.slice(5);
    this.profile.closest(".choice").hidden = !isTime;
    this.weight.value = weight;
  }
}
