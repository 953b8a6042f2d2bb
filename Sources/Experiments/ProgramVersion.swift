/// The version of this program, as the change log counts.
package enum ProgramVersion {
  package static let current = "0.1.0"
}
