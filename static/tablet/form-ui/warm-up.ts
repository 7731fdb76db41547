// The first form of a day must not be slower than the others: the engine is fetched and a form is opened and thrown
// away while the worker reads the list. In pieces, each only when nothing else is to be done, and never beside a
// form that somebody fills.
import { idle } from "../idle.ts";
import { now } from "../now.ts";
import { formDefinition, type Pack } from "../store/index.ts";
import { loadCiphers } from "../sync/seal.ts";
import { language } from "../words/index.ts";

let warmed = ""; // the download whose forms were read

/** Code only, no word of a household: may be fetched before the vault is open. */
export async function fetchEngine(): Promise<void> {
  await Promise.all([import("../screens/VisitScreen.vue"), import("../form/outcome.ts"), import("../form/rehearsal.ts")]);
}

/** Everything that the first tap at a door of this pack will need. */
export async function warmUp(pack: Pack): Promise<void> {
  const name = `${pack.manifest.set} ${pack.downloaded_at}`;
  if (warmed === name) return;
  warmed = name;
  try {
    await idle();
    await loadCiphers();
    await idle();
    await fetchEngine();
    const { rehearse } = await import("../form/rehearsal.ts");
    const [door] = pack.places.doors;
    for (const { form_id, version } of door ? pack.manifest.forms : []) {
      const definition = await formDefinition(form_id, version);
      if (definition && door) await rehearse(definition, { door, language: language.value }, whenFree);
    }
  } catch (error) {
    warmed = "";
    console.warn("the forms were not made ready", error);
  }
}

/** False as soon as a form is open: then the real one has the processor for itself. */
async function whenFree(): Promise<boolean> {
  await idle();
  return !now.formIsOpen;
}
