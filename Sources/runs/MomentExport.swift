import Analysis
import Experiments
import Foundation
import RunSchema
import RunStore

/// A moment of a run for other tools: its arrays, how they were come by, and their digest.
struct MomentExport {
  let arrays: NamedArrays
  private let kind: String
  private let run: RunID
  private let iteration: Int
  private let source: String
  private let sha256: Digest

  /// Theta with what says whose it is.
  init(theta: ThetaMoment, of run: Run) throws {
    kind = "theta"
    self.run = run.id
    iteration = theta.iteration
    source = MomentSource.words(theta)
    sha256 = theta.sha256
    var arrays = NamedArrays([
      .scalar("outer_iteration", .int64([Int64(theta.iteration)]), summary: "outer iterations done"),
      .text("run", run.id.text, summary: "the run's id"),
      .text("identity_sha256", run.identityDigest.hex, summary: "SHA-256 of what says who the run is"),
      .text(
        "numerics_version", run.identity.text(IdentityNames.numericsVersion) ?? "", summary: "what fixes every bit"),
      .text("theta_sha256", theta.sha256.hex, summary: "SHA-256 of theta's little-endian bytes, tensor after tensor"),
      .text("source", source, summary: "what theta was rebuilt from"),
    ])
    for array in theta.arrays.arrays { arrays.append(array) }
    self.arrays = arrays
  }

  /// The whole state and nothing else: equal states are equal files.
  init(state: StatePoint, of run: Run) {
    kind = "state"
    self.run = run.id
    iteration = state.state.outerIteration
    source = MomentSource.words(state)
    arrays = state.state.arrays
    sha256 = arrays.digest
  }

  var text: String {
    "\(kind) of run \(run) after outer iteration \(iteration), from \(source)\n\(kind)_sha256 \(sha256)"
  }

  func json(path: String, _ data: Data) -> JSONValue {
    [
      "schema": "runs/export/1", "id": .text(run.text), "format": "h5", "kind": .text(kind),
      "iteration": .integer(iteration), "source": .text(source), "sha256": .text(sha256.hex),
      "files": [["path": .text(path), "bytes": .integer(data.count), "sha256": .text(Digest.of(data).hex)]],
    ]
  }
}
