/** Where an index may lie: in a folder of this machine, or in a cluster. */
export const backends = ['embedded', 'opensearch'] as const;
export type BackendName = (typeof backends)[number];
