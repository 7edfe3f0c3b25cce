/** What GitHub's runner takes out of the output of a step, after `ActionCommand.cs` of actions/runner. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

const known = new Set(
  [
    'add-mask add-matcher add-path debug echo endgroup error group notice remove-matcher save-state',
    'set-env set-output stop-commands warning internal-set-repo-path',
  ]
    .join(' ')
    .split(' '),
);

/** White space as .NET trims it: JavaScript's, and U+0085. */
const leading = /^[\s\u0085]+/;

export function commandsIn(output: string): WorkflowCommand[] {
  return output.split(/\r\n|\r|\n/).flatMap((line) => {
    const found = newForm(line) ?? oldForm(line);
    return found ? [found] : [];
  });
}

/** `::name key=value,…::message` at the beginning of a line. */
function newForm(line: string): WorkflowCommand | null {
  const trimmed = line.replace(leading, '');
  if (!trimmed.startsWith('::')) return null;
  const end = trimmed.indexOf('::', 2);
  if (end < 0) return null;
  return commandOf(trimmed.slice(2, end), ',', trimmed.slice(end + 2), undoProperty, undoData);
}

/** `##[name key=value;…]message` anywhere in a line. */
function oldForm(line: string): WorkflowCommand | null {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return null;
  const same = (text: string) => text;
  return commandOf(line.slice(start + 3, end), ';', line.slice(end + 1), same, same);
}

function commandOf(
  info: string,
  separator: string,
  message: string,
  value: (text: string) => string,
  data: (text: string) => string,
): WorkflowCommand | null {
  const space = info.indexOf(' ');
  const name = (space < 0 ? info : info.slice(0, space)).toLowerCase();
  if (!known.has(name)) return null;
  const pairs = (space < 0 ? '' : info.slice(space + 1).trim())
    .split(separator)
    .map((one) => /^([^=]+)=([\s\S]*)$/.exec(one))
    .flatMap((one) => (one?.[1] ? [[one[1], value(one[2] ?? '')] as const] : []));
  return { name, properties: Object.fromEntries(pairs), message: data(message) };
}

function undoData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function undoProperty(text: string): string {
  const plain = text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',');
  return plain.replaceAll('%25', '%');
}
