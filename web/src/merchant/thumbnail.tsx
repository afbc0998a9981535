import { useState } from "react";
import { apiBase } from "../settings.ts";

/** A product's picture; a tone of its own where it has none, or the picture does not come. */
export function Thumbnail({
  row: { itemId, item },
}: {
  readonly row: {
    readonly itemId: string;
    readonly item?: { readonly image?: string | undefined } | undefined;
  };
}) {
  const [isMissing, setMissing] = useState(false);
  const image = item?.image;
  if (image === undefined || isMissing) {
    return <span className="thumbnail" style={{ background: toneOf(itemId) }} aria-hidden="true" />;
  }
  const address = /^(https?:)?\/\//.test(image) ? image : `${apiBase}/images/${fileOf(image)}`;
  return (
    <img
      className="thumbnail"
      src={address}
      alt=""
      loading="lazy"
      draggable={false}
      onError={() => setMissing(true)}
    />
  );
}

function fileOf(image: string): string {
  return encodeURIComponent(image.replace(/^\/?(images\/)?/, ""));
}

function toneOf(text: string): string {
  let tone = 0;
  for (const letter of text) tone = (tone * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return `hsl(${tone} 40% 62%)`;
}
