// The same answers through JavaRosa, the engine inside ODK Collect, give the same record.
// JavaRosa comes inside pyxform's own jar; without a JDK the comparison is skipped.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { engine } from "./node_engine.ts";
import { answer, at, CONTEXT, formFromMarkdown, PYTHON } from "./world.ts";

const golden = formFromMarkdown("golden.md");
const ANSWERS: [string, string][] = [
  ["/data/home/name", "王 <&> 𠮷👵🏽 \"'"],
  ["/data/home/adults", "2"],
  ["/data/home/children", "1"],
  ["/data/home/area", "86.5"],
  ["/data/home/since", "2019-05-01"],
  ["/data/home/best", "09:30:00.000+08:00"],
  ["/data/home/lift", "no"],
  ["/data/home/why", "坏了"],
  ["/data/home/needs", "a c"], // in the order of the choices, as both clients' screens give it
  ["/data/home/place", "31.2304 121.4737 4.5 6.0"],
  ["/data/home/mood", "7"],
  ["/data/room[1]/room_name", "主卧"],
  ["/data/room[2]/room_area", "12"],
  ["/data/repair[1]/what", "水"],
  ["/data/repair[2]/what", "灯泡"],
];

function javaRosa(): string {
  const folder = mkdtempSync(join(tmpdir(), "golden-"));
  const [form, answers] = [join(folder, "form.xml"), join(folder, "answers.tsv")];
  writeFileSync(form, golden.xml);
  writeFileSync(answers, ANSWERS.map((pair) => pair.join("\t")).join("\n"));
  const jar = execFileSync(PYTHON, ["-c", "import pyxform; print(pyxform.__path__[0])"], { encoding: "utf8" }).trim();
  const places = ["-cp", join(jar, "validators/odk_validate/bin/ODK_Validate.jar")];
  const program = [join(import.meta.dirname, "FillWithJavaRosa.java"), form, answers];
  const settings = ["-Dfile.encoding=UTF-8", "-Duser.timezone=Asia/Shanghai", "-Drepeats=room,repair"];
  return execFileSync("java", [...settings, ...places, ...program], { encoding: "utf8" });
}

/** What does not count: declarations, unused namespaces, spacing of empty elements, the random id. */
function bare(xml: string): string {
  return xml
    .replace(/^<\?xml[^>]*\?>\s*/, "")
    .replace(/ xmlns(:\w+)?="[^"]*"/g, "")
    .replaceAll(" />", "/>")
    .replace(/uuid:[0-9a-f-]{36}/, "uuid:…")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .trim();
}

const hasJdk = spawnSync("javac", ["-version"]).status === 0;

test("the record equals JavaRosa's for the same answers", { skip: hasJdk ? false : "no JDK" }, async () => {
  const session = await engine.openForm(golden, CONTEXT);
  for (const [path, value] of ANSWERS) {
    if (path.startsWith("/data/repair[2]")) session.addRow(at(session, "/data/repair"));
    answer(session, path, value);
  }
  const record = await session.finish();
  assert.equal(bare(record.xml), bare(javaRosa()));
});
