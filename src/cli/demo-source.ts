/** How the demo shop's events are named in its models' manifests: what is so named may be deleted to start over. */
export const demoSource = "the demo shop";
