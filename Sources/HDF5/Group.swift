// Groups of a file that is read, and what they hold.

import CHDF5

/// A group of a file opened for reading.
public struct Group: Sendable {
  /// Where it is.
  public let place: Place

  /// One of a group's members.
  public struct Child: Equatable, Sendable {
    /// What a member is.
    public enum Kind: Equatable, Sendable {
      case group, dataset
      /// A link that is not the object itself: soft, external or user-defined. It is not followed.
      case link
      /// A datatype with a name, or something newer.
      case other
    }

    /// Its name within the group.
    public let name: String
    /// What it is; for links not followed, `link`.
    public let kind: Kind
  }

  /// The absolute path, "/" for the root.
  public var path: String { place.path }

  /// The members, in the order of their names' bytes.
  public func children() throws(HDF5Error) -> [Child] {
    Library.enter()
    defer { Library.leave() }
    let operation = "list group"
    var children: [Child] = []
    for link in try links(operation) {
      guard link.isHard else {
        children.append(Child(name: link.name, kind: .link))
        continue
      }
      let object = try place.member(link.name).open(operation)
      let kind: Child.Kind =
        switch H5Iget_type(object.id) {
        case H5I_GROUP: .group
        case H5I_DATASET: .dataset
        default: .other
        }
      children.append(Child(name: link.name, kind: kind))
    }
    return children
  }

  /// Whether this group has a member at the path, and a group for each name on the way.
  public func contains(_ path: String) throws(HDF5Error) -> Bool {
    Library.enter()
    defer { Library.leave() }
    return try place.place(path).exists("look for")
  }

  /// The group at a path below this one; an absolute path starts at the root. Throws `notFound`, `wrongKind`.
  public func group(_ path: String) throws(HDF5Error) -> Group {
    Library.enter()
    defer { Library.leave() }
    let group = Group(place: place.place(path))
    _ = try group.place.open(H5I_GROUP, "open group")
    return group
  }

  /// The dataset at a path below this one; an absolute path starts at the root. Throws `notFound`, `wrongKind`.
  public func dataset(_ path: String) throws(HDF5Error) -> Dataset {
    try Dataset(opening: place.place(path))
  }

  /// A link as it stands in the group.
  struct Link {
    let name: String
    let kind: H5L_type_t
    var isHard: Bool { kind == H5L_TYPE_HARD }
  }

  /// The links of this group, in the order of their names' bytes.
  func links(_ operation: String) throws(HDF5Error) -> [Link] {
    let group = try place.open(H5I_GROUP, operation)
    let collected = CollectedLinks()
    let status = chdf5_visit_links(
      group.id,
      { name, kind, context in
        guard let name, let context else { return -1 }
        let collected = Unmanaged<CollectedLinks>.fromOpaque(context).takeUnretainedValue()
        collected.links.append(Link(name: String(cString: name), kind: H5L_type_t(kind)))
        return 0
      }, Unmanaged.passUnretained(collected).toOpaque())
    try place.check(status, operation, code: .notReadable)
    return collected.links
  }

  private final class CollectedLinks {
    var links: [Link] = []
  }
}

extension Place {
  /// The place of a member, whose name is taken as it is.
  func member(_ name: String) -> Place {
    Place(file: file, path: path == "/" ? "/" + name : path + "/" + name)
  }
}
