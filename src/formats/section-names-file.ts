import { hasErrors } from '../domain/diagnostic.ts';
import { plainHeading, type SectionNames } from '../domain/section-match.ts';
import { type Read, readKind } from './schema.ts';
import { diagnoseAt, type Source } from './source.ts';
import { offsetAt, parseYaml } from './yaml.ts';

interface WrittenNames {
  readonly sections: readonly {
    readonly section_number: number;
    readonly names?: readonly string[] | null;
    readonly parts?: readonly string[] | null;
  }[];
}

/** Reads `templates/section-names.yaml`; one heading cannot mean two sections. */
export function parseSectionNames(source: Source): Read<readonly SectionNames[]> {
  const yaml = parseYaml(source);
  const { value, diagnostics } = readKind<WrittenNames>(yaml, 'section-names');
  const all = [...yaml.diagnostics, ...diagnostics];
  if (!value) return { value: null, yaml, diagnostics: all };
  for (const key of ['names', 'parts'] as const) {
    const owners = new Map<string, number>();
    for (const [index, one] of value.sections.entries()) {
      for (const [place, name] of (one[key] ?? []).entries()) {
        const words = plainHeading(name);
        const owner = owners.get(words);
        if (owner !== undefined && owner !== one.section_number) {
          const message = `"${name}" stands under section ${owner} already`;
          const at = offsetAt(yaml, ['sections', index, key, place]);
          all.push(diagnoseAt(source, 'settings/invalid', at, message, 'Leave it under one of the two.'));
        }
        owners.set(words, one.section_number);
      }
    }
  }
  const names = value.sections.map(
    (one): SectionNames => ({ number: one.section_number, names: one.names ?? [], parts: one.parts ?? [] }),
  );
  return { value: hasErrors(all) ? null : names, yaml, diagnostics: all };
}
