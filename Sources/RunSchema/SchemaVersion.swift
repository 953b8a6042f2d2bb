/// The name and version of what this program writes into a store.
package enum SchemaVersion {
  package static let name = "runs/meta-training"
  /// Raised when a reader must know of a change; see Docs/file-format.md for the history.
  package static let current = 1
}
