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
      """)

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

  func run() { Output.print(Runs.completionScript(for: shell.shell)) }
}
