import { Client } from "aisle/client";
import { apiBase } from "../settings.ts";

/** What the drawer asks for itself is not noted: looking on adds nothing to what there is to see. */
export const insideClient = new Client({ baseUrl: apiBase });
