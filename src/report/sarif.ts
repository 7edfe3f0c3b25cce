import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { Diagnostic, Severity } from '../domain/diagnostic.ts';
import { type RuleId, rules } from '../domain/rules.ts';
import { plainText } from './plain.ts';

const levels = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<
  Severity,
  string
>;

const ruleIds = Object.keys(rules) as RuleId[];

export interface SarifReport {
  readonly diagnostics: readonly Diagnostic[];
  /** Version of this release. */
  readonly version: string;
  /** Path in the repository of a path in the workspace. */
  readonly toRepo: (path: string) => string;
}

/**
 * Findings as SARIF 2.1.0 (Static Analysis Results Interchange Format, OASIS), which GitHub's code scanning and
 * most editors read.
 */
export function renderSarif({ diagnostics, version, toRepo }: SarifReport): string {
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'scend', semanticVersion: version, rules: ruleIds.map(describeRule) } },
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
        // Diagnostic columns count as JavaScript does.
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((one) => describeResult(one, toRepo)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function describeRule(id: RuleId): ReportingDescriptor {
  const { about, hint, severity } = rules[id];
  return {
    id,
    shortDescription: { text: about },
    help: { text: hint },
    defaultConfiguration: { level: levels[severity] },
  };
}

function describeResult(one: Diagnostic, toRepo: (path: string) => string): Result {
  return {
    ruleId: one.rule,
    ruleIndex: ruleIds.indexOf(one.rule),
    level: levels[one.severity],
    message: { text: `${messageText(one.message)}\n${messageText(one.hint)}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(toRepo(one.file)), uriBaseId: '%SRCROOT%' },
          region: { startLine: one.line, startColumn: one.column },
        },
      },
    ],
  };
}

/** `[text](target)` is a link in a SARIF message, also in a plain one (3.11.6); text from files makes none. */
function messageText(text: string): string {
  return plainText(text).replaceAll('](', '] (');
}

/** A relative path as a URI reference. A lone surrogate has no encoding. */
function uriOf(path: string): string {
  return path
    .split('/')
    .map((one) => encodeURIComponent(one.replace(/\p{Surrogate}/gu, '\ufffd')))
    .join('/');
}
