// Reads a question aloud with the tablet's own voices: nothing leaves the device, and where there is
// no voice for the language the button is not shown.
import { shallowRef } from "vue";

const voices = shallowRef<readonly SpeechSynthesisVoice[]>([]);
export const speaking = shallowRef("");

const synth = typeof window === "undefined" ? undefined : window.speechSynthesis;
if (synth !== undefined) {
  const look = () => (voices.value = synth.getVoices().filter((voice) => voice.localService));
  look();
  synth.addEventListener?.("voiceschanged", look);
}

export function voiceFor(tag: string): SpeechSynthesisVoice | undefined {
  return voices.value.find((voice) => voice.lang.toLowerCase().startsWith(tag));
}

/** Starts reading, or stops when this very text is being read. */
export function readAloud(key: string, text: string, tag: string): void {
  if (synth === undefined) return;
  const isSame = speaking.value === key;
  synth.cancel();
  speaking.value = "";
  const voice = voiceFor(tag);
  if (isSame || voice === undefined) return;
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  words.rate = 0.9;
  words.onend = words.onerror = () => {
    if (speaking.value === key) speaking.value = "";
  };
  speaking.value = key;
  synth.speak(words);
}

export function stopReading(): void {
  synth?.cancel();
  speaking.value = "";
}
