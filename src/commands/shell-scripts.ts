export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/** How a person makes a shell complete from now on. */
export const setUp: Readonly<Record<Shell, string>> = {
  bash: `add to ~/.bashrc:  eval "$(scend completion bash)"`,
  zsh: `add to ~/.zshrc:  eval "$(scend completion zsh)"`,
  fish: 'run once:  scend completion fish > ~/.config/fish/completions/scend.fish',
  powershell: 'add to the file $PROFILE:  scend completion powershell | Out-String | Invoke-Expression',
};

const head = (shell: Shell) => `# Completion of scend for ${shell}; ${setUp[shell]}\n`;

/**
 * The scripts only carry words to `scend complete` and candidates back (see `complete.ts` for the lines of its
 * answer), so that they need not be renewed with a release. The words are passed on as they are; nothing that is
 * typed is ever evaluated.
 */
export const shellScripts: Readonly<Record<Shell, string>> = {
  bash: `${head('bash')}_scend() {
  local line i piece word='' cut=''
  local -a words
  words=()
  COMPREPLY=()
  # Bash cuts words at "=" and ":"; what stood together is put together again. "cut" is what stands before the
  # piece that bash replaces.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    piece=\${COMP_WORDS[i]}
    if [[ $i -gt 1 && ( $piece == [=:]* || $word == *[=:] ) && -n $word ]]; then
      cut=$word
      word+=$piece
      if [[ $piece == [=:]* ]]; then cut=$word; fi
    else
      if ((i > 1)); then words+=("$word"); fi
      word=$piece
      cut=''
    fi
  done
  # A quote that is still open is not part of the word.
  word=\${word#[\\"\\']}
  while IFS= read -r line; do
    case $line in
      :files)
        compopt -o filenames 2>/dev/null || :
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${word#"$cut"}")
        ;;
      :folders)
        compopt -o filenames 2>/dev/null || :
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "\${word#"$cut"}")
        ;;
      :nospace) compopt -o nospace 2>/dev/null || : ;;
      *)
        line=\${line%%$'\\t'*}
        COMPREPLY+=("\${line#"$cut"}")
        ;;
    esac
  done < <(scend complete -- \${words[@]+"\${words[@]}"} "$word" 2>/dev/null)
}
complete -F _scend scend
`,
  zsh: `#compdef scend
${head('zsh')}_scend() {
  local line value about files=''
  local -a found space
  # What stands before the cursor; quotes are taken off.
  for line in "\${(@f)$(scend complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) files='_files' ;;
      :folders) files='_files -/' ;;
      :nospace) space=(-S '') ;;
      *)
        value=\${line%%$'\\t'*}
        about=\${line#*$'\\t'}
        found+=("\${value//:/\\\\:}\${about:+:$about}")
        ;;
    esac
  done
  if [[ -n $files ]]; then
    compset -P '--[^=]#='
    \${=files}
  elif (( \${#found} )); then
    _describe -t scend scend found "\${space[@]}"
  fi
}
if (( ! $+functions[compdef] )); then
  autoload -Uz compinit && compinit -i
fi
if [[ \${funcstack[1]} == _scend ]]; then
  _scend "$@"
else
  compdef _scend scend
fi
`,
  fish: `${head('fish')}function __scend_complete
  set -l words (commandline -opc)
  set -e words[1]
  set -l current (commandline -ct)
  set -l before (string match -r -- '^--[^=]+=' $current)
  for line in (scend complete -- $words "$current" 2>/dev/null)
    switch $line
      case ':files'
        for path in (__fish_complete_path (string replace -- "$before" '' "$current"))
          echo -- "$before$path"
        end
      case ':folders'
        for path in (__fish_complete_directories (string replace -- "$before" '' "$current"))
          echo -- "$before$path"
        end
      case ':nospace'
      case '*'
        echo -- $line
    end
  end
end
complete -c scend -e
complete -c scend -f -a '(__scend_complete)'
`,
  powershell: `${head('powershell')}Register-ArgumentCompleter -Native -CommandName scend -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
    ForEach-Object {
      if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { "$_" }
    })
  # An empty word does not reach a program in every version of PowerShell.
  $lines = if ($wordToComplete -eq '') { scend complete --empty '--' @words 2>$null } else { scend complete '--' @words 2>$null }
  foreach ($line in $lines) {
    $value, $about = $line -split "\`t", 2
    # Without candidates PowerShell completes names of files by itself.
    if ($value.StartsWith(':')) { continue }
    if (-not $about) { $about = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
  }
}
`,
};
