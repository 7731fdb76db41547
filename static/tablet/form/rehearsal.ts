// A form opened for nobody, so that the next one opens fast: the engine has read its expressions by then.

import { DWELLING_LIST, dwellingList } from "./dwelling_list.ts";
import type { Context, Definition } from "./engine.ts";
import { readForm } from "./xforms.ts";

/** `mayGoOn` waits for a quiet moment before each piece of work and says whether there is still need of it. */
export async function rehearse(definition: Definition, { door }: Context, mayGoOn: () => Promise<boolean>): Promise<void> {
  if (!(await mayGoOn())) return;
  const form = await readForm(definition.xml, { [DWELLING_LIST]: dwellingList(door) }, (state) => state);
  if (await mayGoOn()) form.begin();
}
