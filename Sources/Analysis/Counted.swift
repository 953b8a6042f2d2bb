/// A number with its noun: "1 run", "3 runs", "0 runs"; a plural that is not made by an s is given.
package func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
