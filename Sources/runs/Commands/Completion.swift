import ArgumentParser

struct Completion: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints a script that lets a shell complete commands, options, runs and recipes.",
    discussion: """
      To install it:
        bash   runs completion bash > ~/.local/share/bash-completion/completions/runs
        zsh    runs completion zsh > ~/.zfunc/_runs        (with fpath+=~/.zfunc before compinit in ~/.zshrc)
        fish   runs completion fish > ~/.config/fish/completions/runs.fish

      Make the folder first where it is not there. Runs are completed by id and name, moments behind @ by best and the
      stored states, all from the store that the line names, $RUNS_STORE, or ./Runs.
      """.flowing)

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish

    var shell: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  @Argument(help: "Which shell.")
  var shell: Shell

  func run() {
    let script = Runs.completionScript(for: shell.shell)
    Output.print(shell == .bash ? Self.withWholeWords(script) : script)
  }

  /// Bash takes words apart at "@", "=" and ":" (COMP_WORDBREAKS), which stand in moments and filters: here they are put
  /// together again before the script sees them, and what stands before the last such sign is taken off what it offers. The
  /// sign itself too, unless it is "@": readline counts that one to what it replaces (rl_special_prefixes).
  private static func withWholeWords(_ script: String) -> String {
    script.replacing(" -F _runs runs", with: " -F _runs_whole_words runs") + #"""

      _runs_whole_words() {
          local rest="${COMP_LINE}" word
          local -a whole=()
          local -i index last=-1 current=0
          for index in "${!COMP_WORDS[@]}"; do
              word="${COMP_WORDS[index]}"
              if ((index == 0)) || [[ "${rest}" = [[:space:]]* ]]; then
                  ((++last))
                  whole[last]=''
              fi
              whole[last]+="${word}"
              rest="${rest#"${rest%%[![:space:]]*}"}"
              rest="${rest#"${word}"}"
              ((index == COMP_CWORD)) && current=last
          done
          local -a COMP_WORDS=("${whole[@]}")
          local -i COMP_CWORD="${current}"
          local before="${COMP_LINE:0:${COMP_POINT}}"
          before="${before##*[[:space:]]}"
          _runs "${1}" "${before}" "${COMP_WORDS[COMP_CWORD - 1]}"
          local breaks="${COMP_WORDBREAKS//[!@=:]/}"
          if [[ -n "${breaks}" && "${before}" = *["${breaks}"]* ]]; then
              before="${before%"${before##*["${breaks}"]}"}"
              if [[ "${before}" = *@ ]]; then
                  before="${before%@}"
                  compopt -o noquote 2> /dev/null
              fi
              COMPREPLY=("${COMPREPLY[@]#"${before}"}")
          fi
      }
      """#
  }
}
