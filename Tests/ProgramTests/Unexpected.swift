/// Something that the test itself could not do or did not find, in words.
struct Unexpected: Error, CustomStringConvertible {
    var description: String
}
