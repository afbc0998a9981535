// The sample events of events/, each answered as it should be.
//   node .ci/aws/sample-events.ts emulator URL     by the runtime interface emulator of a container
//   node .ci/aws/sample-events.ts answers FOLDER   answers that are there already, as NAME.json
import { readdir, readFile } from "node:fs/promises";
import { checkSampleAnswer } from "../../test/lambda/sample-answers.ts";

const [mode, place] = process.argv.slice(2);
const events = new URL("../../events/", import.meta.url);
const names = (await readdir(events)).map((file) => file.replace(".json", ""));

async function invoke(name: string): Promise<string> {
  const url = new URL("/2015-03-31/functions/function/invocations", place);
  const body = await readFile(new URL(`${name}.json`, events), "utf8");
  return await (await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(20_000) })).text();
}

for (const name of names) {
  const answer = mode === "emulator" ? await invoke(name) : await readFile(`${place}/${name}.json`, "utf8");
  checkSampleAnswer(name, JSON.parse(answer));
}
console.log(`${names.length} sample events answered`);
