import { type CSSProperties, useState } from "react";
import { apiBase } from "../settings.ts";
import { sizeOf, toneOf } from "../tones.ts";

export interface PictureProps {
  readonly itemId: string;
  readonly title: string;
  readonly image: string | undefined;
  /** pictures that are on the first screen are not waited with */
  readonly isFirst?: boolean;
}

/** An item's picture; without one, or where it does not come, the title itself, set large. */
export function Picture({ itemId, title, image, isFirst }: PictureProps) {
  const [missing, setMissing] = useState<string>();
  const address = addressOf(image);
  if (address === undefined || missing === address) return <Plate itemId={itemId} title={title} />;
  return (
    <img
      className="picture"
      src={address}
      alt=""
      width="480"
      height="480"
      loading={isFirst ? "eager" : "lazy"}
      decoding="async"
      onError={() => setMissing(address)}
    />
  );
}

/** A card of type alone: a tone, a composition and a size that follow from the item. */
export function Plate({ itemId, title }: Pick<PictureProps, "itemId" | "title">) {
  const { hue, form } = toneOf(itemId);
  const style = { "--hue": hue } as CSSProperties;
  const shown = title.trim() || itemId;
  return (
    <span className="plate" data-form={form} data-size={sizeOf(shown)} style={style} aria-hidden="true">
      <span className="plate-initial">{[...shown][0]?.toLocaleUpperCase()}</span>
      <span className="plate-title">{shown}</span>
    </span>
  );
}

/** Only pictures of the web and of the API itself: an address out of the catalogue is not to be trusted further. */
function addressOf(image: string | undefined): string | undefined {
  if (image === undefined || image === "") return undefined;
  if (/^https?:\/\//i.test(image)) return image;
  if (/^[a-z][a-z0-9+.-]*:/i.test(image)) return undefined;
  return apiBase + (image.startsWith("/") ? image : `/images/${encodeURIComponent(image)}`);
}
