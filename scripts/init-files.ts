/** The image that a shop builds: the same, from the package that npm installed. */
export function fromInstalledPackage(text: string): string {
  return text.replaceAll(/(^|[\s!])dist\/lambda\//g, "$1node_modules/aisle/dist/lambda/");
}

/** A stage before production that is the same in everything but its names, where samconfig.toml has production. */
export function withStage(samconfig: string): string {
  const lines = samconfig.trimEnd().split("\n");
  const first = lines.findIndex((line) => line.startsWith("[prod."));
  if (first < 0 || lines.some((line) => line.startsWith("[stage."))) return samconfig;
  const stage = lines.slice(first).map((line) =>
    line
      .replace("[prod.", "[stage.")
      .replace('"aisle-prod"', '"aisle-stage"')
      .replace("environment=prod", "environment=stage")
      .replace(/"(Prefix|Stage)=prod"/g, '"$1=stage"')
      .replace("confirm_changeset = true", "confirm_changeset = false"),
  );
  return `${lines.join("\n")}\n\n# As production, for what comes before it.\n${stage.join("\n")}\n`;
}
