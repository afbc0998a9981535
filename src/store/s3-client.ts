import { S3Client } from "@aws-sdk/client-s3";
import type { Access } from "./s3-access.ts";
import { type S3Place, type S3Settings, usual } from "./s3-place.ts";

/** AWS's client, for what is written and listed, and for finding region and credentials where none are given. */
export function openClient({ region, endpoint, credentials, ...settings }: S3Settings): S3Client {
  const { connectMsMax = usual.connectMsMax, silenceMsMax = usual.silenceMsMax } = settings;
  return new S3Client({
    // An S3 that is not AWS asks for none, but a signature names one.
    ...((region ?? endpoint) !== undefined && { region: region ?? "us-east-1" }),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials: { ...credentials, sessionToken: credentials.sessionToken ?? "" } }),
    // Attempts are counted in one place, for reading and writing alike.
    maxAttempts: 1,
    followRegionRedirects: true,
    // What was sent may wait in buffers on the way, and parts are joined before the answer.
    requestHandler: { connectionTimeout: connectMsMax, socketTimeout: 4 * silenceMsMax },
  });
}

/** What signs requests beside the client, as the client would. */
export async function accessOf(
  { config }: S3Client,
  { bucket }: S3Place,
  movedTo: string | undefined,
): Promise<Access> {
  const region = movedTo ?? (await config.region());
  const { url } = config.endpointProvider({
    Bucket: bucket,
    Region: region,
    UseFIPS: Boolean(await config.useFipsEndpoint()),
    UseDualStack: Boolean(await config.useDualstackEndpoint()),
    ForcePathStyle: Boolean(config.forcePathStyle),
    ...(config.isCustomEndpoint && config.endpoint && { Endpoint: addressOf(await config.endpoint()) }),
  });
  return { base: `${url.href.replace(/\/$/, "")}/`, region, credentials: await config.credentials() };
}

function addressOf({
  protocol,
  hostname,
  port,
  path,
}: {
  protocol: string;
  hostname: string;
  port?: number | undefined;
  path: string;
}): string {
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`;
}
