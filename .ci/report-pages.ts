// node .ci/report-pages.ts FOLDER: reports of made-up runs, one of each kind that there is.
import { writeFile } from "node:fs/promises";
import { renderReport } from "../src/report/render.ts";
import { failedTrial, gridTrials, halvedTrials, madeReport, run } from "../test/report/made-run.ts";

const [folder] = process.argv.slice(2);

const reports = {
  grid: madeReport(),
  halved: madeReport({ run: { ...run, search: "halving" }, trials: halvedTrials() }),
  one: madeReport({ trials: gridTrials().slice(81, 82) }),
  failing: madeReport({ trials: [...gridTrials().slice(0, 9), failedTrial(9)] }),
  begun: madeReport({
    trials: [],
    result: undefined,
    model: undefined,
    channel: { name: "production", history: [] },
    shoppers: { reason: 'No shoppers can be shown: channel "production" names no model.' },
  }),
};

for (const [name, data] of Object.entries(reports))
  await writeFile(`${folder}/${name}.html`, renderReport(data));
