import type { Severity } from './diagnostic.ts';

interface Rule {
  readonly severity: Severity;
  /** What the rule watches over, for the reference. */
  readonly about: string;
  /** What to do, where the finding itself has nothing more exact to say. */
  readonly hint: string;
}

const rule = (severity: Severity, about: string, hint: string): Rule => ({ severity, about, hint });

/** Every finding Scend can make. Ids are stable: people search for them and switch on them. */
export const rules = {
  'file/too-large': rule(
    'error',
    'A file is larger than Scend reads.',
    'Split the file, or move what is not needed elsewhere.',
  ),
  'file/not-utf8': rule('error', 'A file is not UTF-8 text.', 'Save the file as UTF-8 in your editor.'),
  'file/conflict-markers': rule(
    'error',
    'A file holds the marks of an unfinished merge.',
    'Settle the merge, remove the <<<<<<< ======= >>>>>>> lines, and save.',
  ),
  'file/unsafe-path': rule(
    'error',
    'A path is a link or a special file, or leads out of the workspace.',
    'Put a plain file or folder in its place.',
  ),
  'file/missing': rule(
    'error',
    'A file that the firm needs is not there.',
    'Restore the file from Git, or make it with the command named.',
  ),
  'file/unknown-name': rule(
    'warning',
    'A file name that Scend does not know in this place.',
    'Rename it after the pattern, or move it elsewhere.',
  ),

  'yaml/syntax': rule(
    'error',
    'YAML that cannot be read.',
    'Mend the line; quote text that holds ": " or starts with a sign.',
  ),
  'yaml/duplicate-key': rule('error', 'A key stands twice in one mapping.', 'Remove one of the two.'),
  'yaml/forbidden': rule(
    'error',
    'YAML aliases, merge keys, custom tags, directives and reserved keys are not read.',
    'Write the value out.',
  ),
  'yaml/too-deep': rule(
    'error',
    'YAML nested deeper, or with more nodes, than any file of a workspace needs.',
    'Flatten it.',
  ),

  'front-matter/missing': rule(
    'error',
    'A Markdown file of Scend begins with front matter between two lines of three dashes.',
    'Put the front matter back, or restore the file from Git.',
  ),
  'front-matter/unclosed': rule(
    'error',
    'Front matter has no closing line of exactly three dashes.',
    'Close it with a line that holds --- and nothing else.',
  ),
  'front-matter/language': rule(
    'error',
    'Front matter in another language than YAML is never read.',
    'The first line must be exactly ---.',
  ),

  'schema/required': rule('error', 'A required key is missing.', 'Add the key.'),
  'schema/unknown-key': rule(
    'warning',
    'A key that the schema does not know; it is kept and ignored.',
    'Remove it, or mend its spelling.',
  ),
  'schema/invalid': rule(
    'error',
    'A value that the schema does not allow.',
    'See the description of the key in schemas/.',
  ),
  'schema/kind': rule(
    'error',
    'The schema line names another kind of file.',
    'Put the file where its kind belongs, or mend the line.',
  ),
  'schema/newer': rule(
    'error',
    'The file is of a newer format than this release reads.',
    'Update scend, then run the command again.',
  ),
  'schema/old': rule(
    'info',
    'The file has no schema line and is read as version 0.',
    'Run "scend migrate" to bring it up to date.',
  ),

  'markdown/too-deep': rule(
    'error',
    'Markdown nested deeper, or with longer lines, than Scend reads.',
    'Flatten the list, or break the line.',
  ),

  'pack/not-a-task': rule(
    'error',
    'A line that looks like a ticket but is not one to Markdown, so nobody would count it.',
    'A ticket reads "- [ ] T1.3.1 – Title".',
  ),
  'pack/indented-code': rule(
    'error',
    'A ticket indented so far that Markdown takes it for code.',
    'Use at most three spaces before the bullet and one to four after it.',
  ),
  'pack/ticket-in-code': rule(
    'info',
    'A ticket inside a code block or comment is not counted.',
    'Move it out if it should count.',
  ),
  'pack/ticket-in-quote': rule(
    'info',
    'A ticket inside a quotation or an HTML block is not counted.',
    'Move it out if it should count.',
  ),
  'pack/unclosed': rule(
    'error',
    'A code fence or comment without an end swallows tickets.',
    'Close it where it should end.',
  ),
  'pack/task-without-id': rule(
    'warning',
    'A checkbox directly under a sprint has no ticket id, so it is not counted.',
    'Give it an id, or put it under its ticket as an acceptance item.',
  ),
  'pack/odd-id': rule(
    'warning',
    'A word was read as a ticket id although it looks unlike the other ids.',
    'Put a dash after it if it is an id, or reword the line if it is not.',
  ),
  'pack/duplicate-id': rule(
    'error',
    'Two tickets have the same id.',
    'Remove one, or give it an id of its own.',
  ),
  'pack/unknown-status': rule(
    'error',
    'A Status that does not exist.',
    'Use not_started, in_progress, blocked, done or skipped.',
  ),
  'pack/bad-date': rule(
    'error',
    'A date that the calendar does not have, or not written YYYY-MM-DD.',
    'Write it like 2026-01-31.',
  ),
  'pack/bad-estimate': rule(
    'warning',
    'An estimate that is not a number of hours.',
    'Write it like 2h or 1.5h.',
  ),
  'pack/date-order': rule(
    'warning',
    'A ticket was completed before it was started.',
    'Mend one of the two dates.',
  ),
  'pack/duplicate-detail': rule('error', 'A ticket has the same detail twice.', 'Remove one of the two.'),
  'pack/detail-not-bullet': rule(
    'error',
    "A detail stands in the ticket's own text instead of in a bullet under it.",
    'Write it as an indented bullet: "  - Status: done".',
  ),
  'pack/detail-not-nested': rule(
    'error',
    'A detail bullet is not indented under its ticket.',
    'Indent it by two spaces more than the ticket.',
  ),
  'pack/full-width-colon': rule(
    'warning',
    'A detail is written with a full-width colon; it is read all the same.',
    'Use a plain colon.',
  ),
  'pack/contradiction': rule(
    'error',
    'Checkbox and Status were both changed since the last commit and contradict each other.',
    'Make the two agree; nothing was written for this firm.',
  ),
  'pack/sprint-twice': rule(
    'warning',
    'Two headings open the same sprint.',
    'Join them, or number one of them anew.',
  ),
  'pack/sprint-unplanned': rule(
    'info',
    'A sprint is not listed in the front matter, so it has no planned dates.',
    'Add it to "sprints" in the front matter.',
  ),
  'pack/sprint-missing': rule(
    'warning',
    'The front matter lists a sprint that has no heading.',
    'Add the heading "## Sprint N — Name", or remove the entry.',
  ),
  'pack/outside-sprint': rule(
    'info',
    'A ticket after the sprints belongs to none.',
    'Move it under a sprint, or leave it as backlog.',
  ),
  'pack/unknown-dependency': rule(
    'warning',
    'A ticket depends on one that is not in the pack.',
    'Add that ticket, or remove the dependency.',
  ),
  'pack/cannot-edit': rule(
    'error',
    'A ticket is written in a way that cannot be edited without touching more than itself.',
    'Write it as a plain list item: "- [ ] T1.3.1 – Title".',
  ),
  'pack/tight-list': rule(
    'info',
    'Tickets stand on neighbouring lines with nothing under them: where Git merges as plain text, two people who tick neighbours are in conflict.',
    'Give each a bullet of its own ("  - Status: not_started" and "  - Estimate:"), or a blank line between them.',
  ),
  'pack/empty': rule(
    'warning',
    'The pack has no tickets.',
    'Run "scend pack create", or add "- [ ] T1.1.1 – Title" lines.',
  ),

  'roadmap/block': rule(
    'error',
    'The marks of an engine-owned block are unbalanced or doubled.',
    'Restore the <!-- scend:begin NAME --> and <!-- scend:end NAME --> pair.',
  ),
  'roadmap/unclosed': rule(
    'error',
    'A code fence or comment without an end swallows the rest of the roadmap.',
    'Close it where it should end.',
  ),
  'roadmap/block-edited': rule(
    'warning',
    'Text between the marks of an engine-owned block was edited; the next refresh makes it anew.',
    'Move your text in front of the block or behind it.',
  ),
  'roadmap/cannot-edit': rule(
    'error',
    'The front matter of a roadmap is written in a way that cannot be edited in place.',
    'Write it as plain "key: value" lines.',
  ),
  'roadmap/section-missing': rule(
    'warning',
    'A section of the roadmap was not found by its heading.',
    'Give it a heading like "## 4. Pilot Scope".',
  ),
  'roadmap/section-twice': rule(
    'error',
    'Two headings open the same section of the roadmap.',
    'Number one of them anew.',
  ),
  'roadmap/superseded-edited': rule(
    'warning',
    'An older roadmap was edited after a newer one was made from it, so the newer one lacks the edit.',
    'Make the edit in the newest version too.',
  ),
  'roadmap/version-twice': rule(
    'error',
    'Both branches of a merge under way made the same version of a roadmap.',
    'Run "scend refresh --rebase": one of them goes on top of the other as the next version.',
  ),
  'roadmap/unknown-ticket': rule(
    'warning',
    'The roadmap names a ticket that is not in the pack.',
    'Mend the id, or add the ticket to the pack.',
  ),

  'export/conflict': rule(
    'error',
    'An export and the pack changed the same ticket differently.',
    'Settle the ticket by hand in ticket-pack.md.',
  ),
  'export/unknown-ticket': rule(
    'error',
    'An export names a ticket that the pack does not have.',
    'Add the ticket to the pack, or take it out of the export.',
  ),
  'export/edited': rule(
    'warning',
    'Tickets in an export differ from what was exported; nothing counts them there.',
    'Read it back with "scend sync --file", or restore the file.',
  ),
  'export/behind': rule(
    'info',
    'A ticket is further along in the pack than in the export; the pack was kept.',
    'Nothing, if the pack is right.',
  ),

  'import/empty': rule('error', 'A file that is to be imported has nothing in it.', 'Name another file.'),
  'import/unplaced': rule(
    'error',
    'A heading of an imported roadmap names none of the ten sections.',
    'Say where it goes with --map "HEADING=NUMBER", =append or =skip, or add its name to templates/section-names.yaml.',
  ),
  'import/bad-row': rule(
    'error',
    'A row of an imported file cannot be understood; nothing was imported.',
    'Mend the row and import the file again.',
  ),
  'import/not-taken': rule(
    'warning',
    'Something in an imported file has no place in a workspace and was not taken.',
    'Nothing, if it is not needed.',
  ),

  'library/duplicate-id': rule(
    'error',
    'The ticket library has an id twice.',
    'Give one of the two another id.',
  ),
  'library/unknown-dependency': rule(
    'error',
    'A library ticket depends on one that does not exist.',
    'Mend the id.',
  ),
  'library/cycle': rule(
    'error',
    'Tickets depend on each other in a circle.',
    'Remove one of the dependencies.',
  ),
  'library/bad-detail': rule(
    'warning',
    'A detail of a library ticket cannot be read.',
    'See the head of the library for the details and their form.',
  ),
  'library/no-system': rule(
    'warning',
    'A library ticket stands under no system heading.',
    'Put it under a heading "# SYSTEM 1 — Name".',
  ),

  'metric/unknown': rule(
    'warning',
    'A metric that the catalogue does not have.',
    'Mend the name, or add the metric to scend.yaml.',
  ),
  'metric/range': rule(
    'error',
    'A metric outside its range.',
    'Rates lie between 0 and 1, NPS between −100 and 100.',
  ),
  'metric/evidence-mismatch': rule(
    'error',
    'Evidence of a metric that cannot be, or that does not give the value of the metric.',
    'Mend the value, or what it was counted from.',
  ),
  'metric/backward-target': rule(
    'error',
    'A 90-day target is worse than the baseline.',
    "Mend the target in the roadmap's front matter.",
  ),

  'reference/mismatch': rule(
    'error',
    'A file says it belongs to another firm, version, date or label than its name and folder do.',
    'Rename the file, or mend the key.',
  ),
  'reference/missing': rule(
    'error',
    'A file refers to something that does not exist.',
    'Restore what is missing, or run the command that makes this file again.',
  ),
  'reference/duplicate': rule('error', 'Two files claim the same id.', 'Give one of them an id of its own.'),

  'derived/stale': rule(
    'warning',
    'A derived file no longer matches what it is derived from.',
    'Run "scend sync --rollup"; derived files are never edited by hand.',
  ),
  'derived/outcome-stale': rule(
    'warning',
    'An outcome no longer matches its snapshots, firm file, roadmap or the settings in scend.yaml.',
    'Run "scend outcomes" again.',
  ),
  'learning/superseded-outcome': rule(
    'info',
    'A firm has two outcomes for the same milestone; in the figures over all firms the one against its newest roadmap counts.',
    'Nothing is to be done; the older one stays as history.',
  ),
  'learning/left-out': rule(
    'warning',
    'An outcome that does not hold is left out of the figures over all firms.',
    'Mend what is reported beside it, run "scend outcomes", then "scend aggregate" again.',
  ),
  'learning/foreign-part': rule(
    'warning',
    'A part of an aggregation comes from another workspace, another release, or another commit.',
    'Make it again here with "scend aggregate --shard"; it was left out.',
  ),
  'learning/part-missing': rule(
    'error',
    'The parts of an aggregation do not tell of every firm.',
    'Give the parts of all shards to "scend aggregate --merge".',
  ),
  'learning/part-conflict': rule(
    'error',
    'Two parts of an aggregation tell of a firm differently.',
    'Make all parts again from one commit.',
  ),
  'diff/off-track': rule(
    'error',
    'An outcome is off track and was not, or is new ("scend diff --fail-on off_track").',
    'Look at its arithmetic with "scend outcomes"; who accepts it leaves the word out of --fail-on.',
  ),
  'diff/regression': rule(
    'error',
    'The newest value of a metric is worse than before, or fewer tickets are done ("scend diff --fail-on regression").',
    'Check the snapshot and the ticket pack; who accepts it leaves the word out of --fail-on.',
  ),
  'diff/reopened': rule(
    'error',
    'A ticket was done and is not any more ("scend diff --fail-on reopened").',
    'Tick it again, or say in its Notes why it was reopened; who accepts it leaves the word out of --fail-on.',
  ),
  'run/unfinished': rule(
    'warning',
    'A run was cut short before it had written and committed everything.',
    'Run "scend sync", or whatever writes next: it is put in order first.',
  ),
  'settings/invalid': rule('error', 'A workspace setting that makes no sense.', 'Mend it in scend.yaml.'),
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof rules;
