declare const SCEND_BUILD: string | undefined;

/** Tells this build from every other; null from the sources, whose results are never kept. */
export const buildId: string | null = typeof SCEND_BUILD === 'string' ? SCEND_BUILD : null;
